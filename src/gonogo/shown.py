"""Numbers as tables show them: as many digits as are certain, a dash for what is undefined."""

from __future__ import annotations

import math

from gonogo.types import Bounded, Number

__all__ = ["shown", "shown_threshold"]


def shown(value: Number) -> str:
    """Four decimals, fewer where an interval leaves them open; a dash for what is undefined."""
    if isinstance(value, Bounded) and value.error >= 5e-5:
        digits = max(0, -math.floor(math.log10(2.0 * value.error)))
        return f"{value.value:.{digits}f}±{value.error:.0e}"
    number = float(value)
    return "-" if math.isnan(number) else f"{number:.4f}"


def shown_threshold(score: Number) -> str:
    """Six digits, or a dash for what is undefined."""
    number = float(score)
    return "-" if math.isnan(number) else f"{number:.6g}"
