"""What can be wrong with a client, one thing at a time, by what it breaks."""
