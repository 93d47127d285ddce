"""A module a kind of answer: `report(folder)` prints its table of methods, ours and others'."""
