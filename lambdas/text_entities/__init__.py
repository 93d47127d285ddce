"""Named entities in abstracts: what AWS runs before and after a worker's task."""
