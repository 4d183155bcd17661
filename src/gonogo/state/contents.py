"""What a state holds, as a value: it merges, and becomes counts to derive metrics from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from gonogo.counting import (
    DEFAULT_BUDGET,
    CertifiedCounts,
    Counted,
    ExactCounts,
    count_scores,
)
from gonogo.errors import GonogoError, MergeError
from gonogo.state.images import Image, count, observe_again, refuse_many_sizes, waits
from gonogo.states import GridCounter, GridCounts, Shape, capacity, refuse_mixed_masks
from gonogo.types import Settings

__all__ = ["Contents", "counter_of", "keeps_most"]


@dataclass(frozen=True)
class Contents:
    """Images, with their scores or, once there is a ``grid``, with these counted on it.

    ``pixels`` and ``scored`` say whether the images came with masks and with scores of their own;
    None before the first. ``sizes`` are those of the masks, if maps are resized; as long as there
    is none, bare images wait with their maps.
    """

    settings: Settings
    pixels: bool | None = None
    scored: bool | None = None
    sizes: frozenset[Shape] = frozenset()
    images: tuple[Image, ...] = ()
    grid: GridCounts | None = None

    @classmethod
    def nothing(cls, settings: Settings) -> Contents:
        """No image: adding it changes nothing."""
        certified = settings.mode == "certified"
        return cls(settings, grid=counter_of(settings).counts() if certified else None)

    def __add__(self, other: Contents) -> Contents:
        _refuse_unlike(self, other)
        _refuse_mixed(self, other)
        sizes = self.sizes | other.sizes
        bare = any(image.bare for one in (self, other) for image in one.images)
        refuse_many_sizes(sizes, bare=bare)
        left, right = self._at(sizes), other._at(sizes)
        if left.grid is None and right.grid is not None:
            left = left.on_grid()
        if right.grid is None and left.grid is not None:
            right = right.on_grid()
        both = replace(
            left,
            pixels=left.pixels if right.pixels is None else right.pixels,
            scored=left.scored if right.scored is None else right.scored,
            images=left.images + right.images,
        )
        if left.grid is not None and right.grid is not None:
            return replace(both, grid=left.grid + right.grid)
        return both.within_budget()

    def first_with_convention(self) -> int | None:
        """The place of the first image whose mask shows its convention."""
        return next(
            (k for k, image in enumerate(self.images) if image.seen.convention is not None), None
        )

    def counted(self) -> Counted:
        """The images in order, and the counts to derive metrics from."""
        whole = self._without_waiting().within_budget()
        seen = tuple(image.at(place) for place, image in enumerate(whole.images))
        if whole.grid is not None:
            return CertifiedCounts(seen, whole.grid if whole.pixels else None)
        maps = [one.map for one in seen if one.map is not None]
        ranks = count_scores([one.anomalous for one in seen], maps) if whole.pixels else None
        return ExactCounts(tuple(one.without_map() for one in seen), ranks)

    def on_grid(self) -> Contents:
        """The same with all scores counted on the grid, but those of images that wait."""
        counter = counter_of(self.settings)
        images = count(self.images, counter, sizes=self.sizes)
        fresh = counter.counts()
        grid = fresh if self.grid is None else self.grid + fresh
        return replace(self, images=tuple(images), grid=grid)

    def within_budget(self) -> Contents:
        """On the grid, if the scores take more than is kept of them."""
        most = keeps_most(self.settings)
        if self.grid is not None or most is None or self.nbytes() <= most:
            return self
        return self.on_grid()

    def nbytes(self) -> int:
        """Memory that the kept scores take, without those of images that wait."""
        return sum(image.nbytes for image in self.images if not waits(image, self.sizes))

    def refuse_interrupted(self) -> None:
        """Refuse counts that miss part of an image, or hold one that is not among the images."""
        if self.grid is None:
            return
        counted = (image.pixels for image in self.images if not waits(image, self.sizes))
        expected = sum(counted) if self.pixels else 0
        found = self.grid.every.total
        if found != expected:
            raise GonogoError(
                f"this state counted {found} pixels of images that have {expected}: an update was "
                "interrupted half way; reset it and count again, or load what was saved before"
            )

    def _at(self, sizes: frozenset[Shape]) -> Contents:
        """The same with bare images brought to the size of the masks, as soon as it is known."""
        if self.sizes or not sizes:
            return replace(self, sizes=sizes)
        images = tuple(
            observe_again(image, self.settings, next(iter(sizes)), scored=bool(self.scored))
            if image.bare
            else image
            for image in self.images
        )
        brought = replace(self, sizes=sizes, images=images)
        return brought if self.grid is None else brought.on_grid()

    def _without_waiting(self) -> Contents:
        """The same with bare images in their own size, where no mask gives another."""
        if self.sizes or not any(image.bare for image in self.images):
            return self
        images = tuple(replace(image, bare=False) for image in self.images)
        whole = replace(self, images=images)
        return whole if self.grid is None else whole.on_grid()


def counter_of(settings: Settings) -> GridCounter:
    """A counter on the grid that the budget allows."""
    return GridCounter(capacity(settings.budget or DEFAULT_BUDGET))


def keeps_most(settings: Settings) -> int | None:
    """Bytes of scores up to which they are kept; None for no limit."""
    return settings.budget or DEFAULT_BUDGET if settings.mode == "auto" else None


def _explicit(settings: Settings) -> Settings:
    """The same with the default budget named."""
    return replace(settings, budget=settings.budget or DEFAULT_BUDGET)


def _refuse_mixed(one: Contents, other: Contents) -> None:
    """Refuse masks of another convention; in each of the two all are alike."""
    left, right = one.first_with_convention(), other.first_with_convention()
    if left is not None and right is not None:
        first = one.images[left].at(left)
        second = other.images[right].at(len(one.images) + right)
        refuse_mixed_masks([first, second])


def _refuse_unlike(one: Contents, other: Contents) -> None:
    left, right = _explicit(one.settings), _explicit(other.settings)
    unlike = [
        f"{field.name} {getattr(left, field.name)!r} and {getattr(right, field.name)!r}"
        for field in fields(Settings)
        if getattr(left, field.name) != getattr(right, field.name)
    ]
    for name, found in (("masks", "pixels"), ("image_scores", "scored")):
        given = getattr(one, found), getattr(other, found)
        if None not in given and given[0] != given[1]:
            unlike.append(f"{name} given to {'the first' if given[0] else 'the second'} alone")
    if unlike:
        raise MergeError(f"cannot add these states: {'; '.join(unlike)}. Count both with the same")
