"""The types and small functions that all other rooms use; nothing here imports another room."""
