"""The workbook of a suitability report: stored inputs, and a formula for every score, outcome and cost."""
