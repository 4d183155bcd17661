"""The page as a file that appears whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from gonogo.errors import InputError
from gonogo.files import REPORT, write_whole
from gonogo.report.document import report_document
from gonogo.report.evaluated import Evaluated
from gonogo.report.page import page, ready
from gonogo.report.telling import HowMany, checked_count
from gonogo.types import Original

__all__ = ["holds_pictures", "report_path", "write_report"]


def report_path(path: Path) -> Path:
    """The file itself, or that of this name in a folder."""
    return path / REPORT if path.is_dir() else path


def holds_pictures(path: Path) -> bool:
    """Whether there is a page with pictures of images."""
    try:
        return re.search(rb'"pictures": ?\{"\d', path.read_bytes()) is not None
    except OSError:
        return False


def write_report(
    evaluated: Evaluated,
    path: Path,
    originals: Mapping[str, Sequence[Original]],
    *,
    images: HowMany = 60,
) -> Path:
    """Write the report of an evaluation and return its path; an earlier file is replaced.

    Raises:
        InputError: the path cannot be written, or ``images`` is not a number, all or none.
        MissingExtra: the libraries of the extra ``cli`` are not installed.
    """
    ready()
    checked_count(images)
    place = report_path(path)
    document = report_document(evaluated, originals, place.parent, images=images)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return write_whole(place, page(document))
    except OSError as error:
        raise InputError(f"{place}: cannot write there ({error.strerror})") from error
