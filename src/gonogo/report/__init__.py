"""One HTML page that shows a finished evaluation to a person, from plain data."""

from gonogo.report.document import SCHEMA_VERSION, report_document
from gonogo.report.evaluated import Evaluated, read_run
from gonogo.report.originals import matched, originals_of
from gonogo.report.page import page, ready
from gonogo.report.telling import HowMany
from gonogo.report.write import holds_pictures, report_path, write_report

__all__ = [
    "SCHEMA_VERSION",
    "Evaluated",
    "HowMany",
    "holds_pictures",
    "matched",
    "originals_of",
    "page",
    "read_run",
    "ready",
    "report_document",
    "report_path",
    "write_report",
]
