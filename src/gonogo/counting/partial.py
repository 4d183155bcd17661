"""What some images of a data set gave: partial results that add up, in any order and any tree.

One record serves a run in one process, its checkpoint and the tasks of a cluster. An image that
cannot be read is noted, not raised: it is a fault until another partial result has it counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from gonogo.counting.counted import CertifiedCounts, Counted, ExactCounts
from gonogo.counting.failures import Fault
from gonogo.errors import InputError, MergeError
from gonogo.states import (
    DistinctScores,
    GridCounts,
    Observed,
    Ranked,
    Shape,
    distinct_scores,
)
from gonogo.types import Settings

__all__ = ["DEFAULT_BUDGET", "PartialResult", "Positives", "merge"]

DEFAULT_BUDGET = 64 << 20


@dataclass(frozen=True)
class Positives:
    """All distinct positives, and what else the second pass needs to know of the first."""

    settings: Settings
    distinct: DistinctScores
    mask_shapes: frozenset[Shape]
    skipped: frozenset[int]


@dataclass(frozen=True)
class PartialResult:
    """Images that were observed, by their index in the data set, and what was counted of them.

    In mode certified, the pixels of all of them are in ``grid``. In mode exact, ``images`` keep
    their positives, and ``ranks`` hold the scores of the images in ``ranked`` among the distinct
    positives of all; ``distinct`` are these, where someone knows them already.
    """

    settings: Settings
    pixels: bool
    mode: Literal["exact", "certified"]
    images: Mapping[int, Observed] = field(default_factory=dict)
    grid: GridCounts | None = None
    ranks: Ranked | None = None
    ranked: Set[int] = frozenset()
    faults: Mapping[int, Fault] = field(default_factory=dict)
    distinct: DistinctScores | None = None
    prints: Mapping[int, Any] = field(default_factory=dict)
    """What sources that note it have read of their files, where they were read elsewhere."""

    def __add__(self, other: PartialResult) -> PartialResult:
        _refuse_unlike(self, other)
        _refuse_same(self, other)
        images, ranked = {**self.images, **other.images}, self.ranked | other.ranked
        both = self, other
        ranks = [part.ranks for part in both if part.ranks is not None]
        grids = [part.grid for part in both if part.grid is not None]
        return PartialResult(
            self.settings,
            self.pixels,
            self.mode,
            images,
            grids[0] + grids[1] if len(grids) == 2 else next(iter(grids), None),
            ranks[0] + ranks[1] if len(ranks) == 2 else next(iter(ranks), None),
            ranked,
            # In the second pass, an image that was observed in the first is yet to be counted.
            _open_faults(self, other, ranked if ranks else images.keys()),
            prints={**self.prints, **other.prints},
        )

    @property
    def anomalous_bytes(self) -> int:
        """Memory that the positives take."""
        return sum(image.anomalous.nbytes for image in self.images.values())

    @property
    def mask_shapes(self) -> frozenset[Shape]:
        """The sizes of all masks."""
        masked = (image.row for image in self.images.values() if image.masked)
        return frozenset((row.height or 0, row.width or 0) for row in masked)

    def distinct_positives(self) -> DistinctScores:
        """The distinct positives: those that all scores are ranked among."""
        if self.distinct is not None:
            return self.distinct
        return distinct_scores([image.anomalous for image in self.images.values()])

    def among(self) -> Positives:
        """What to rank all images among, once every image that may be anomalous was observed."""
        distinct, faults = self.distinct_positives(), frozenset(self.faults)
        return Positives(self.settings, distinct, self.mask_shapes, faults)

    def counted(self) -> Counted:
        """The images in order, and the counts to derive metrics from."""
        images = tuple(self.images[index] for index in sorted(self.images))
        if self.mode == "certified":
            return CertifiedCounts(images, self.grid if self.pixels else None)
        if not self.pixels:
            return ExactCounts(images, None)
        if self.ranked != self.images.keys() or self.ranks is None:
            raise MergeError(
                f"found {len(images)} images looked at and {len(self.ranked)} ranked; merge the "
                "parts of both passes, and in the second count every image among those of the first"
            )
        distinct = self.distinct_positives()
        if distinct.scores.size != self.ranks.below.size:
            raise MergeError(
                "the images were ranked among other anomalous scores than those of the first "
                "pass; their files may have changed: count them again"
            )
        return ExactCounts(images, self.ranks.counts(distinct))


def merge(parts: Iterable[PartialResult]) -> PartialResult:
    """The sum of partial results, added in pairs; any order and nesting of merges gives the same.

    Raises:
        MergeError: an image was counted twice, or parts with different options.
    """
    level = list(parts)
    if not level:
        raise InputError("parts: found none; expected what count returned for each part")
    while len(level) > 1:
        rest = level[len(level) & ~1 :]
        level = [level[k] + level[k + 1] for k in range(0, len(level) - 1, 2)] + rest
    return level[0]


def _refuse_unlike(one: PartialResult, other: PartialResult) -> None:
    if one.mode != other.mode:
        raise MergeError("cannot add an exact and a certified part; count both in one mode")
    for name in (each.name for each in fields(Settings)):
        ours, theirs = getattr(one.settings, name), getattr(other.settings, name)
        if name == "budget" and one.mode == "certified":
            ours, theirs = ours or DEFAULT_BUDGET, theirs or DEFAULT_BUDGET
        if ours != theirs:
            raise MergeError(f"cannot add parts counted with {name} {ours} and {theirs}")
    if one.pixels != other.pixels:
        raise MergeError("cannot add a part with pixels and one without")


def _refuse_same(one: PartialResult, other: PartialResult) -> None:
    same = sorted(one.images.keys() & other.images.keys())
    if same:
        names = dict.fromkeys(part.images[same[0]].row.name for part in (one, other))
        raise MergeError(
            f"cannot add two counts of the same image ({' and '.join(names)}, at place {same[0]}); "
            "no two images may share a place: in distributed.count, first is that of a part's first"
        )
    if one.ranked & other.ranked:
        raise MergeError("cannot add two ranks of the same image")


def _open_faults(one: PartialResult, other: PartialResult, counted: Set[int]) -> dict[int, Fault]:
    """The faults of both, without images that were counted after all."""
    faults = {**one.faults, **other.faults}
    for index in one.faults.keys() & other.faults.keys():
        faults[index] = one.faults[index] + other.faults[index]
    return {index: fault for index, fault in faults.items() if index not in counted}
