"""Pact files: what one consumer, an SDK, sends and needs back."""
