"""Certified counts in one walk and bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gonogo.counting.counted import Counted, refuse_same
from gonogo.counting.reading import Reading
from gonogo.states import BinCounts, Capacity, GridCounter, GridCounts, Observed, RankCounts

__all__ = ["CertifiedCounts", "Gridded", "count_on_grid"]


@dataclass(frozen=True)
class CertifiedCounts(Counted):
    """Counts on the grid: exact while the distinct scores fit, else known by their bin."""

    grid: GridCounts | None
    mode = "certified"

    def ranks(self) -> RankCounts | BinCounts | None:
        """All anomalous scores among the normal ones."""
        return None if self.grid is None else self.grid.ranks()

    def ranks_of(self, defect: str) -> RankCounts | BinCounts | None:
        """The anomalous scores of one defect type among all normal ones."""
        return None if self.grid is None else self.grid.ranks([defect])


@dataclass(frozen=True)
class Gridded:
    """What was seen of some images, by their place, and their pixels on the grid."""

    images: Mapping[int, Observed]
    grid: GridCounts

    def __add__(self, other: Gridded) -> Gridded:
        refuse_same(self.images, other.images, "two counts of")
        return Gridded({**self.images, **other.images}, self.grid + other.grid)

    def counted(self, *, pixels: bool = True) -> CertifiedCounts:
        """The images in order, and the counts to derive metrics from."""
        images = tuple(self.images[place] for place in sorted(self.images))
        return CertifiedCounts(images, self.grid if pixels else None)


def count_on_grid(reading: Reading, capacity: Capacity) -> Gridded:
    """Count all images of a reading, each in the thread that looked at it."""
    counter = GridCounter(capacity)

    def count(one: Observed) -> Observed:
        if one.map is not None and reading.pixels:
            counter.add(one.map, one.anomalous, one.row.defect)
        return one.without_scores()

    images: dict[int, Observed] = {}
    for places in (reading.maybe_anomalous(), reading.normal()):
        images |= reading.observed(places, count)
    return Gridded(images, counter.counts())
