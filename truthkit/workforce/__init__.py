"""Who answers: whoever fetches assignments and brings answers. The job, its store and the page are the same for all."""
