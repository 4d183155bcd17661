"""Messages of the library as the command line says them: its arguments are options here.

An argument is renamed where the command that runs has the option: ``masks`` are the threshold of
``gonogo apply --masks``, but files of masks in ``gonogo evaluate``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

__all__ = ["in_options", "options_of"]

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
_running: set[str] = set()
"""Options of the command that runs; of the process, as warnings may come from any thread."""


@contextmanager
def options_of(names: Iterable[str]) -> Iterator[None]:
    """In this block the command that runs has options of these names, such as ``--masks``."""
    before = set(_running)
    _running.update(names)
    try:
        yield
    finally:
        _running.intersection_update(before)


def in_options(message: str) -> str:
    """The message with options for arguments such as ``normal="ok"``, without calls of NumPy.

    What the command that runs has no option for stays as it is.
    """
    message = _CALL.sub("", message)
    message = _TRUE.sub(lambda one: _renamed(one, _FLAGS[one[1]], ""), message)
    message = _TEXT.sub(lambda one: _renamed(one, _OPTIONS[one[1]], f" {_quoted(one[2])}"), message)
    message = _COLUMN.sub(
        lambda one: _renamed(one, "--column", f" {one[1]}={_quoted(one[2])}"), message
    )
    argument, colon, rest = message.partition(": ")
    option = _OPTIONS.get(argument)
    return message if option not in _running else f"{option}{colon}{rest}"


def _renamed(found: re.Match[str], option: str, value: str) -> str:
    return option + value if option in _running else found[0]


def _quoted(value: str) -> str:
    return shlex.quote(value.strip("\"'"))
