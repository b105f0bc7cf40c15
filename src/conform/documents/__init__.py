"""Pages become documents, and documents become facts."""
