"""Named entities in short news: what AWS runs before and after a worker's task."""
