"""Where a result decides on images: the threshold that was settled, else that of the best F1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gonogo.results.record import Result

__all__ = ["decision_line"]


def decision_line(result: Result) -> tuple[str, float | None]:
    """What to call the threshold on image scores, and the threshold; None where there is none."""
    settled = result.thresholds.get("image")
    if settled is not None:
        return settled.policy, settled.value
    best = float(result.image.f1_max.threshold)
    return "best F1", None if math.isnan(best) else best
