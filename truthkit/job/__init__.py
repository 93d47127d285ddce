"""A labeling job: its store, its tasks, its consolidation and its output."""
