"""The answers of a finished job: from its folder, from worker-response files, or from a table.

``read_answers`` is the entry. What is wrong with single files, answers and rows is told in ``findings``; the rest is
read.
"""

from truthkit.answers.fields import Answers, FieldAnswers
from truthkit.answers.read import read_answers, source_texts
from truthkit.answers.table import read_gold

__all__ = ["Answers", "FieldAnswers", "read_answers", "read_gold", "source_texts"]
