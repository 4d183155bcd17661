"""Whether results can be written to a folder, found out before the work starts."""

from __future__ import annotations

import os
from pathlib import Path

from gonogo.errors import InputError
from gonogo.results.files import refuse_taken

__all__ = ["check_destination", "check_place"]


def check_destination(folder: Path, *, force: bool) -> None:
    """Refuse a folder that cannot be made or written, or that holds a run; nothing is created."""
    check_place(folder)
    refuse_taken(folder, force=force)


def check_place(folder: Path) -> None:
    """Refuse a folder that cannot be made or written; nothing is created."""
    place = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay as they are named
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise InputError(f"{folder}: cannot write there ({place} is not a folder); name another")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"{folder}: cannot write there (no permission in {place}); name another")
