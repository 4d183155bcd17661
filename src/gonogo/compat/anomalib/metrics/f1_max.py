"""The best F1 where anomalib 1 has it."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.metrics.f1_score import F1Max

__all__ = ["F1Max"]


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
