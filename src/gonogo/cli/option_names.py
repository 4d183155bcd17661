"""Messages of the library as the command line says them: its arguments are options here."""

from __future__ import annotations

import re
import shlex

__all__ = ["in_options"]

_OPTIONS = {
    "at_fpr": "--at-fpr",
    "at_recall": "--at-recall",
    "budget": "--budget",
    "categories": "--category",
    "category": "--category",
    "columns": "--column",
    "connectivity": "--connectivity",
    "confidence": "--confidence",
    "fpr_limits": "--fpr-limit",
    "format": "--format",
    "image_score": "--image-score",
    "image_scores": "--image-score",
    "image_thresholds": "--image-threshold",
    "ignore_value": "--ignore-value",
    "layout": "--layout",
    "level": "--level",
    "mask_suffix": "--mask-suffix",
    "masks": "--masks",
    "min_area": "--min-area",
    "mask_values": "--mask-values",
    "mode": "--mode",
    "name": "--name",
    "normal": "--normal",
    "on_error": "--on-error",
    "out": "--out",
    "pixel_thresholds": "--pixel-threshold",
    "policy": "--policy",
    "resize": "--resize",
    "scheduler": "--scheduler",
    "task": "--task",
    "workers": "--workers",
}
_FLAGS = {"force": "--force", "fresh": "--fresh"}
_TEXT = re.compile(rf"\b({'|'.join(_OPTIONS)})=(\"[^\"]*\"|'[^']*'|-?\d[\d.]*)")
_COLUMN = re.compile(r"\bcolumns=\{'(\w+)': ('[^']*'|NAME)\}")
_CALL = re.compile(r",? for example numpy\.\w+\([^()]*\)")
_TRUE = re.compile(rf"\b({'|'.join(_FLAGS)})=True")
"""Arguments with a value, as a message in Python proposes them."""


def in_options(message: str) -> str:
    """The message with options for arguments such as ``normal="ok"``, without calls of NumPy."""
    message = _CALL.sub("", message)
    message = _TRUE.sub(lambda one: _FLAGS[one[1]], message)
    message = _TEXT.sub(lambda one: f"{_OPTIONS[one[1]]} {_quoted(one[2])}", message)
    message = _COLUMN.sub(lambda one: f"--column {one[1]}={_quoted(one[2])}", message)
    argument, colon, rest = message.partition(": ")
    return _OPTIONS.get(argument, argument) + colon + rest


def _quoted(value: str) -> str:
    return shlex.quote(value.strip("\"'"))
