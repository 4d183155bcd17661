"""A number known by an interval that certainly contains it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context
from numbers import Real
from typing import cast

from gonogo.errors import InputError

__all__ = ["Bounded"]


@dataclass(frozen=True)
class Bounded:
    """A value known by an interval that certainly contains it; exact where both ends agree.

    ``low`` and ``high`` are the ends, ``value`` (also ``float(x)``) is the middle and ``error`` how
    far the exact value may be from it. Printed, it is the middle and behind ``±`` how near the
    exact value certainly is to the number as printed: ``f"{x:.4f}"`` gives ``0.5003±1e-04``, and
    no ``±`` without width. ``round(x, 4)`` is the interval of the exact value, rounded.
    ``<``, ``<=``, ``>`` and ``>=`` answer where the interval decides and raise where it does not.
    ``==`` compares both ends with those of another; it is never equal to a plain number.

    Raises:
        ValueError: ``low`` is above ``high``, or one of them alone is nan: no value lies between.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high and not (math.isnan(self.low) and math.isnan(self.high)):
            raise ValueError(f"the interval from {self.low!r} to {self.high!r} contains no value")

    def __reduce__(self) -> tuple[type[Bounded], tuple[float, float]]:
        return Bounded, (self.low, self.high)

    @property
    def value(self) -> float:
        """The midpoint."""
        return self.low if self.low == self.high else self.low / 2.0 + self.high / 2.0

    @property
    def error(self) -> float:
        """How far the exact value may be from the midpoint."""
        return 0.0 if self.low == self.high else (self.high - self.low) / 2.0

    def __float__(self) -> float:
        return self.value

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        """The middle with the digits that the interval leaves certain, and how near it is."""
        if not 0.0 < self.error < math.inf:
            return self._near(str(self.value))
        size = math.floor(math.log10(abs(self.value) or self.error))
        digits = size - math.floor(math.log10(self.error)) + 1
        return format(self, f".{min(max(1, digits), 17)}g")

    def __format__(self, spec: str) -> str:
        """The middle as a float of that format, and how near it is."""
        return self._near(format(self.value, spec)) if spec else str(self)

    def __round__(self, digits: int | None = None) -> Bounded:
        return Bounded(*(float(round(end, digits or 0)) for end in (self.low, self.high)))

    def __lt__(self, other: object) -> bool:
        return self._decided(other, "<")

    def __le__(self, other: object) -> bool:
        return self._decided(other, "<=")

    def __gt__(self, other: object) -> bool:
        return self._decided(other, ">")

    def __ge__(self, other: object) -> bool:
        return self._decided(other, ">=")

    def _near(self, printed: str) -> str:
        """What was printed for the middle, and how near to that the exact value certainly is."""
        if self.low == self.high:
            return printed
        unit, sign = (100.0, "%") if printed.endswith("%") else (1.0, "")
        try:
            middle = float(printed.strip().rstrip("%").replace(",", "")) / unit
        except ValueError:  # padded with other characters
            middle = self.value
        far = unit * max(self.high - middle, middle - self.low)
        return f"{printed}±{_upwards(far)}{sign}"

    def _decided(self, other: object, sign: str) -> bool:
        """What the comparison gives for every value of the interval; refused if that differs."""
        if isinstance(other, Bounded):
            low, high = other.low, other.high
        elif isinstance(other, Real):
            low = high = float(other)
        else:
            return cast("bool", NotImplemented)
        if math.isnan(low):
            return False
        if sign in ("<", ">="):
            always, never = self.high < low, self.low >= high
        else:
            always, never = self.high <= low, self.low > high
        if not always and not never:
            against = f"{other!r}" if isinstance(other, Real) else f"[{low!r}, {high!r}]"
            raise InputError(
                f"{sign} {against}: the interval [{self.low!r}, {self.high!r}] does not decide it; "
                "compare .low or .high"
            )
        return always == (sign in ("<", "<="))


def _upwards(error: float) -> str:
    """One digit, never below what is given but for float64 rounding."""
    if not math.isfinite(error):
        return "inf"
    one_digit = Context(prec=1, rounding=ROUND_CEILING)
    return f"{float(one_digit.create_decimal_from_float(error * (1.0 - 1e-9))):.0e}"
