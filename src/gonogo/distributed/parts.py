"""What some images of a data set gave: parts that add up to the whole, in any order and any tree.

An image that cannot be read is noted, not raised: it is a fault until another part counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, fields, replace
from typing import TypeAlias, TypeVar

from gonogo.counting import DEFAULT_BUDGET, CertifiedCounts, ExactCounts, Gridded, Look
from gonogo.errors import InputError, MergeError
from gonogo.states import DistinctScores, Observed, Ranked, Shape
from gonogo.types import Settings

__all__ = ["Among", "CertifiedPart", "ExactPart", "Fault", "Part", "merge"]

Some = TypeVar("Some", "ExactPart", "CertifiedPart")


@dataclass(frozen=True)
class Fault:
    """An image that could not be counted, why, and which workers tried.

    ``out_of_reach`` where its file is not there to be read: then it may be the disk that is not.
    """

    name: str
    reason: str
    out_of_reach: bool = False
    tried: frozenset[str] = frozenset()

    def __add__(self, other: Fault) -> Fault:
        first = min(self, other, key=lambda fault: fault.reason)
        reach = self.out_of_reach or other.out_of_reach
        return replace(first, out_of_reach=reach, tried=self.tried | other.tried)


@dataclass(frozen=True)
class Among:
    """What the second walk of an exact count needs to know of the first."""

    settings: Settings
    distinct: DistinctScores
    mask_shapes: frozenset[Shape]
    left_out: frozenset[int]


@dataclass(frozen=True)
class ExactPart:
    """The images that were looked at, and those that were ranked among all anomalous scores.

    ``distinct`` are these, where someone knows them already.
    """

    settings: Settings
    pixels: bool
    look: Look
    ranks: Ranked | None = None
    ranked: frozenset[int] = frozenset()
    faults: Mapping[int, Fault] = field(default_factory=dict)
    distinct: DistinctScores | None = None

    def __add__(self, other: ExactPart) -> ExactPart:
        _refuse_unlike(self, other)
        if self.ranked & other.ranked:
            raise MergeError("cannot add two ranks of the same image")
        look, ranked = self.look + other.look, self.ranked | other.ranked
        both = [part.ranks for part in (self, other) if part.ranks is not None]
        # In the second walk, an image that was looked at in the first is yet to be counted.
        counted = ranked if both else look.images.keys()
        return ExactPart(
            self.settings,
            self.pixels,
            look,
            both[0] + both[1] if len(both) == 2 else next(iter(both), None),
            ranked,
            _open_faults(self, other, counted),
        )

    @property
    def images(self) -> Mapping[int, Observed]:
        """What was seen of each image, by its place."""
        return self.look.images

    @property
    def anomalous_bytes(self) -> int:
        """Memory that the anomalous scores take."""
        return sum(one.anomalous.nbytes for one in self.images.values())

    def among(self) -> Among:
        """What to rank all images among, once every image that may be anomalous was looked at."""
        left_out = frozenset(self.faults)
        return Among(self.settings, self.look.distinct(), _mask_shapes(self.images), left_out)

    def counted(self) -> ExactCounts:
        """The images in order, and the counts to derive metrics from."""
        seen = self.images
        images = tuple(seen[place] for place in sorted(seen))
        if not self.pixels:
            return ExactCounts(images, None)
        if self.ranked != seen.keys() or self.ranks is None:
            raise MergeError(
                f"found {len(seen)} images looked at and {len(self.ranked)} ranked; merge the "
                "parts of both walks, and in the second count every image among those of the first"
            )
        distinct = self.look.distinct() if self.distinct is None else self.distinct
        if distinct.scores.size != self.ranks.below.size:
            raise MergeError(
                "the images were ranked among other anomalous scores than those of the first "
                "walk; their files may have changed: count them again"
            )
        return ExactCounts(images, self.ranks.counts(distinct))


@dataclass(frozen=True)
class CertifiedPart:
    """The images that were looked at, with their pixels on the grid."""

    settings: Settings
    pixels: bool
    gridded: Gridded
    faults: Mapping[int, Fault] = field(default_factory=dict)

    def __add__(self, other: CertifiedPart) -> CertifiedPart:
        _refuse_unlike(self, other)
        gridded = self.gridded + other.gridded
        faults = _open_faults(self, other, gridded.images.keys())
        return CertifiedPart(self.settings, self.pixels, gridded, faults)

    @property
    def images(self) -> Mapping[int, Observed]:
        """What was seen of each image, by its place."""
        return self.gridded.images

    @property
    def mask_shapes(self) -> frozenset[Shape]:
        """The sizes of all masks."""
        return _mask_shapes(self.images)

    def counted(self) -> CertifiedCounts:
        """The images in order, and the counts to derive metrics from."""
        return self.gridded.counted(pixels=self.pixels)


Part: TypeAlias = "ExactPart | CertifiedPart"


def merge(parts: Iterable[Some]) -> Some:
    """The sum of parts, added in pairs; any order and any nesting of merges gives the same.

    Raises:
        MergeError: an image was counted twice, or parts with different options.
    """
    level: list[Some] = list(parts)
    if not level:
        raise InputError("parts: found none; expected what count returned for each part")
    while len(level) > 1:
        rest = level[len(level) & ~1 :]
        level = [level[k] + level[k + 1] for k in range(0, len(level) - 1, 2)] + rest
    return level[0]


def _refuse_unlike(one: Part, other: Part) -> None:
    if type(one) is not type(other):
        raise MergeError("cannot add an exact and a certified part; count both in one mode")
    for name in (each.name for each in fields(Settings)):
        ours, theirs = getattr(one.settings, name), getattr(other.settings, name)
        if name == "budget" and isinstance(one, CertifiedPart):
            ours, theirs = ours or DEFAULT_BUDGET, theirs or DEFAULT_BUDGET
        if ours != theirs:
            raise MergeError(f"cannot add parts counted with {name} {ours} and {theirs}")
    if one.pixels != other.pixels:
        raise MergeError("cannot add a part with pixels and one without")


def _open_faults(one: Part, other: Part, counted: Set[int]) -> dict[int, Fault]:
    """The faults of both, without images that were counted after all."""
    twice = {
        place: one.faults[place] + other.faults[place]
        for place in one.faults.keys() & other.faults.keys()
    }
    faults = {**one.faults, **other.faults, **twice}
    return {place: faults[place] for place in faults.keys() - counted}


def _mask_shapes(images: Mapping[int, Observed]) -> frozenset[Shape]:
    masked = (one.row for one in images.values() if one.masked)
    return frozenset((row.height or 0, row.width or 0) for row in masked)
