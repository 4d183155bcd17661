"""Why a metric has no value on this data."""

from __future__ import annotations

from gonogo.states import RankCounts
from gonogo.types import Undefined

__all__ = ["without_both", "without_regions"]


def without_both(counts: RankCounts) -> Undefined | None:
    """A reason if there is no anomalous or no normal element."""
    if counts.anomalies and counts.normals:
        return None
    return Undefined(
        "needs anomalous and normal elements; "
        f"found {counts.anomalies} anomalous and {counts.normals} normal"
    )


def without_regions(counts: RankCounts) -> Undefined | None:
    """A reason if there is no region or no normal element."""
    if counts.weights.regions and counts.normals:
        return None
    return Undefined(
        "needs anomalous regions and normal pixels; "
        f"found {counts.weights.regions} regions and {counts.normals} normal pixels"
    )
