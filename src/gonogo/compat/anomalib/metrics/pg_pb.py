"""PGn and PBn where anomalib 2 has them."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import PBn, PGn

__all__ = ["PBn", "PGn"]

_PBn = PBn
_PGn = PGn


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
