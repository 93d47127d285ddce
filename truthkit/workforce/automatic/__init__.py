"""A worker for any page: it knows the crowd elements and form controls, and nothing of the template."""

from truthkit.workforce.automatic.survey import Named, Survey
from truthkit.workforce.automatic.worker import Attempt, work

__all__ = ["Attempt", "Named", "Survey", "work"]
