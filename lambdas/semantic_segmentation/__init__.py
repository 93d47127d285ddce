"""Masks of cats in pictures: what AWS runs before and after a worker's task."""
