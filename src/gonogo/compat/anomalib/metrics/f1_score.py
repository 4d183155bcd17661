"""F1 of decisions and the best F1, where anomalib 2 has them."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import F1Max, F1Score

__all__ = ["F1Max", "F1Score"]

_F1Max = F1Max


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
