"""Whether results can be written to a folder, found out before the work starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from gonogo.errors import InputError
from gonogo.results.files import refuse_taken

__all__ = ["check_destination", "check_place"]


def check_destination(folder: Path, *, force: bool, apart_from: Sequence[Path]) -> None:
    """Refuse a folder that cannot be written, lies in the data, or holds a run.

    Nothing is created.
    """
    check_place(folder, apart_from=apart_from)
    refuse_taken(folder, force=force)


def check_place(folder: Path, *, apart_from: Sequence[Path] = ()) -> None:
    """Refuse a folder that cannot be made or written, or that lies in the data."""
    place = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay as they are named
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise InputError(f"{folder}: cannot write there ({place} is not a folder); name another")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"{folder}: cannot write there (no permission in {place}); name another")
    for data in apart_from:
        if folder.resolve().is_relative_to(data.resolve()):
            raise InputError(
                f"{folder}: cannot write there (it is in {data}, which is evaluated, and would be "
                "taken for data the next time); name a folder outside"
            )
