"""Pages of a case; each loads, reads one form, calls one service or query, and renders."""
