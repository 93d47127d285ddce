"""What pictures show: what AWS runs before and after a worker's task."""
