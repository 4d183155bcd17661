"""Per-image overlap, which anomalib 2 has and is not here."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here

__all__: list[str] = []


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
