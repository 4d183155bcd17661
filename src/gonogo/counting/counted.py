"""What counting leaves: a record of every image, and the counts that metrics are derived from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from gonogo.states import (
    BinCounts,
    GridCounts,
    Observed,
    RankCounts,
    distinct_scores,
    restricted,
)
from gonogo.types import Skipped

__all__ = ["CertifiedCounts", "Counted", "ExactCounts"]


@dataclass(frozen=True)
class Counted(ABC):
    """Images in the order given, and their pixels as counts; None where there were no masks."""

    images: tuple[Observed, ...]
    skipped: tuple[Skipped, ...] = field(default=(), kw_only=True)
    mode: ClassVar[Literal["exact", "certified"]]

    @abstractmethod
    def ranks(self) -> RankCounts | BinCounts | None:
        """All anomalous scores among the normal ones."""

    @abstractmethod
    def ranks_of(self, defect: str) -> RankCounts | BinCounts | None:
        """The anomalous scores of one defect type among all normal ones."""


@dataclass(frozen=True)
class ExactCounts(Counted):
    """Exact ranks of every distinct anomalous score."""

    whole: RankCounts | None
    mode = "exact"

    def ranks(self) -> RankCounts | None:
        """All anomalous scores among the normal ones."""
        return self.whole

    def ranks_of(self, defect: str) -> RankCounts | None:
        """The anomalous scores of one defect type among all normal ones."""
        if self.whole is None:
            return None
        parts = [image.anomalous for image in self.images if image.row.defect == defect]
        return restricted(self.whole, distinct_scores(parts))


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
