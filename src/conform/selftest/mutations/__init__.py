"""An observation comes in; the same observation with one change goes out, for every mutation."""
