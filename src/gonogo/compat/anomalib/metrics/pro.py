"""PRO at one threshold where anomalib 2 has it."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import PRO

__all__ = ["PRO"]

_PRO = PRO


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
