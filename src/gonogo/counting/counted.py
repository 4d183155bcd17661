"""What counting leaves: a record of every image, and the counts that metrics are derived from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from gonogo.errors import MergeError
from gonogo.states import BinCounts, Observed, RankCounts
from gonogo.types import Skipped

__all__ = ["Counted", "refuse_same"]


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


def refuse_same(one: Mapping[int, Observed], other: Mapping[int, Observed], what: str) -> None:
    """Refuse to add what was seen of images by their place, where both have a place in common."""
    same = sorted(one.keys() & other.keys())
    if same:
        names = dict.fromkeys(part[same[0]].row.name for part in (one, other))
        raise MergeError(
            f"cannot add {what} the same image ({' and '.join(names)}, at place {same[0]}); "
            "no two images may share a place: in distributed.count, first is that of a part's first"
        )
