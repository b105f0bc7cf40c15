"""TODO cases."""
