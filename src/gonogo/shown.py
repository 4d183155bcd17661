"""Numbers as tables show them: as many digits as are certain, a dash for what is undefined."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import Literal

from gonogo.types import Bounded, Number

__all__ = ["NEARNESS", "legend", "shown", "shown_threshold", "shown_within"]

NEARNESS = "±: the exact value is certainly that near"
"""What a ± in a table says."""

_DIGITS = 4
_THRESHOLD_DIGITS = 6


def shown(value: Number) -> str:
    """Four decimals; a dash for what is undefined.

    An interval whose ends print alike is shown as they are. Others have the decimals that they
    leave certain, and how near the exact value is to what is printed.
    """
    if isinstance(value, Bounded) and f"{value.low:.{_DIGITS}f}" != f"{value.high:.{_DIGITS}f}":
        certain = max(0, -math.floor(math.log10(value.error)))
        return f"{value:.{min(certain, _DIGITS)}f}"
    number = value.low if isinstance(value, Bounded) else value
    return "-" if math.isnan(number) else f"{number:.{_DIGITS}f}"


def shown_threshold(score: Number) -> str:
    """Six digits, or a dash for what is undefined; of an interval as :func:`shown`."""
    spec = f".{_THRESHOLD_DIGITS}g"
    if isinstance(score, Bounded) and format(score.low, spec) != format(score.high, spec):
        if not math.isfinite(score.error):
            return format(score, spec)
        size = math.floor(math.log10(abs(score.value) or score.error))
        certain = max(1, size - math.floor(math.log10(score.error)) + 1)
        return f"{score:.{min(certain, _THRESHOLD_DIGITS)}g}"
    number = score.low if isinstance(score, Bounded) else score
    return "-" if math.isnan(number) else format(number, spec)


def shown_within(score: Number, end: Literal["low", "high"]) -> str:
    """A threshold that keeps a promise as it is printed: of an interval the end that keeps it.

    It is the high one for a rate of false alarms, the low one for a recall, with its last digit
    rounded to that side.
    """
    if not isinstance(score, Bounded):
        return shown_threshold(score)
    kept = score.low if end == "low" else score.high
    if not math.isfinite(kept):
        return shown_threshold(kept)
    side = ROUND_FLOOR if end == "low" else ROUND_CEILING
    digits = Context(prec=_THRESHOLD_DIGITS, rounding=side)
    return f"{float(digits.create_decimal_from_float(kept)):.{_THRESHOLD_DIGITS}g}"


def legend(cells: Iterable[str]) -> list[str]:
    """A line below tables with these cells: what ± says; none where no cell has one."""
    return [NEARNESS] if any("±" in cell for cell in cells) else []
