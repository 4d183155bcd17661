"""What counting leaves: a record of every image, and the counts that metrics are derived from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from gonogo.states import BinCounts, Observed, RankCounts
from gonogo.types import Skipped

__all__ = ["Counted"]


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
