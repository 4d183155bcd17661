"""The range of scores where anomalib 2 has it."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import MinMax

__all__ = ["MinMax"]

_MinMax = MinMax


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
