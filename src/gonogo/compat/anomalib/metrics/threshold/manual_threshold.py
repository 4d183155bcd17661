"""The threshold given, where anomalib 2 has it."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import ManualThreshold

__all__ = ["ManualThreshold"]


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
