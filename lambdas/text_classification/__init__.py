"""News categories of headlines: what AWS runs before and after a worker's task."""
