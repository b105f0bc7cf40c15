"""TODO schemas."""
