"""Titles that ``gonogo evaluate --help`` groups its options under."""

from __future__ import annotations

__all__ = ["PANELS"]

_NAMES = {
    "Metrics": "fpr_limit connectivity at_fpr at_recall image_threshold pixel_threshold by_defect",
    "Which images": "category layout normal mask_suffix task name on_error",
    "How files are read": "image_score column resize mask_values ignore_value",
    "Report and pictures": "figures pictures images photographs no_report",
    "Counting": "mode budget fresh workers scheduler",
}
PANELS = {name: title for title, names in _NAMES.items() for name in names.split()}
"""The title of each option by its name in Python; what is not here comes first, under Options."""
