"""The suitability report: what is stored when it is asked for, and how that is printed."""
