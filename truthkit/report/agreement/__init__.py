"""How far a finished job's workers agree, and what is known of each: figures, and a page of its own."""

from truthkit.report.agreement.measure import AgreementReport, FieldReport, measure
from truthkit.report.agreement.page import write_page

__all__ = ["AgreementReport", "FieldReport", "measure", "write_page"]
