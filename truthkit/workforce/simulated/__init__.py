"""Simulated workers: answers made from the gold by error models of a crowd file, seeded, without a browser."""
