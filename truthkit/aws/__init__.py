"""The way to AWS."""
