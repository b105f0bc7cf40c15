"""Proves that every case can fail, and fails for the right reason."""
