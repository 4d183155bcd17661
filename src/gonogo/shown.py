"""Numbers as tables show them: as many digits as are certain, a dash for what is undefined."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Literal

from gonogo.types import Bounded, Number

__all__ = ["NEARNESS", "legend", "shown", "shown_threshold", "shown_within", "size_text"]

NEARNESS = "±: the exact value is certainly that near"
"""What a ± in a table says."""

_DIGITS = 4
_THRESHOLD_DIGITS = 6
_FEWEST_DIGITS, _MOST_DIGITS = 4, 17


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


def shown_threshold(score: Number, next_lower: float | None = None) -> str:
    """A decimal that decides as the threshold does, or a dash for what is undefined.

    Of an interval six digits, as :func:`shown`. Of a number at least four: the fewest whose value,
    rounded down, is above ``next_lower`` and so flags the same scores, because none lies between
    that and the threshold. Where ``next_lower`` is not known, all digits (the shortest text that
    gives the number again).
    """
    spec = f".{_THRESHOLD_DIGITS}g"
    if isinstance(score, Bounded) and score.low != score.high and not math.isnan(score.low):
        if format(score.low, spec) == format(score.high, spec):
            return format(score.low, spec)
        if not math.isfinite(score.error):
            return format(score, spec)
        size = math.floor(math.log10(abs(score.value) or score.error))
        certain = max(1, size - math.floor(math.log10(score.error)) + 1)
        return f"{score:.{min(certain, _THRESHOLD_DIGITS)}g}"
    number = score.low if isinstance(score, Bounded) else score
    return "-" if math.isnan(number) else _deciding(float(number), next_lower)


def _deciding(threshold: float, next_lower: float | None) -> str:
    if next_lower is not None and math.isfinite(threshold):
        whole = Decimal(repr(threshold))
        for digits in range(_FEWEST_DIGITS, _MOST_DIGITS):
            # No more than the threshold: a decimal below the text of a float reads as at most it.
            some = float(Context(prec=digits, rounding=ROUND_FLOOR).plus(whole))
            if some > next_lower:
                return _plain(some)
    return _plain(threshold)


def _plain(number: float) -> str:
    return repr(number + 0.0).removesuffix(".0")  # -0.0 and 0.0 are one score


def shown_within(
    score: Number, end: Literal["low", "high"], next_lower: float | None = None
) -> str:
    """A threshold that keeps a promise as it is printed: of an interval the end that keeps it.

    It is the high one for a rate of false alarms, the low one for a recall, with its last digit
    rounded to that side; ``next_lower`` as of :func:`shown_threshold`.
    """
    if not isinstance(score, Bounded) or score.low == score.high:
        return shown_threshold(score, next_lower)
    kept = score.low if end == "low" else score.high
    if not math.isfinite(kept):
        return shown_threshold(kept)
    side = ROUND_FLOOR if end == "low" else ROUND_CEILING
    digits = Context(prec=_THRESHOLD_DIGITS, rounding=side)
    return f"{float(digits.create_decimal_from_float(kept)):.{_THRESHOLD_DIGITS}g}"


def size_text(shape: Sequence[int]) -> str:
    """Return ``height x width`` of the shape of an image; axes after these two are left out."""
    return f"{shape[0]} x {shape[1]}"


def legend(cells: Iterable[str]) -> list[str]:
    """A line below tables with these cells: what ± says; none where no cell has one."""
    return [NEARNESS] if any("±" in cell for cell in cells) else []
