"""The job's ``report.html``: one self-contained page, drawn by the shape of what was answered."""

from __future__ import annotations

from truthkit.report.data import ReportData, ReportObject, ReportWorker
from truthkit.report.page import write_report

__all__ = ["ReportData", "ReportObject", "ReportWorker", "write_report"]
