"""Numbers that are written as text: in tables, on the command line and in settings."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

__all__ = ["plain_number", "plain_numbers"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DIGITS = frozenset("0123456789+-.eE")


def plain_number(text: str) -> float | None:
    """The finite number that a text spells with ASCII digits and a point; None for all else.

    ``float`` also takes ``1_000``, the digits of other scripts, ``nan`` and ``inf``.
    """
    text = text.strip(" ")
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def plain_numbers(cells: Sequence[str]) -> list[float] | None:
    """The numbers of a column, each as of :func:`plain_number`; None where a cell may be none.

    Of these characters alone ``float`` takes what ``plain_number`` does, so that one check of the
    whole column stands for one of each cell. A cell with spaces around it is for the latter.
    """
    if not _DIGITS.issuperset("".join(cells)):
        return None
    try:
        numbers = list(map(float, cells))
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None
