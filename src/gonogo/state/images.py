"""The images of a state: looked at once, their maps kept only for as long as they must be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from gonogo._check import ArrayImage
from gonogo.cores import available_cores
from gonogo.errors import InputError
from gonogo.states import GridCounter, Observed, Shape, observe
from gonogo.types import Settings

__all__ = ["Image", "count", "observe_again", "observe_batch", "refuse_many_sizes", "waits"]

Item = TypeVar("Item")
Product = TypeVar("Product")


@dataclass(frozen=True)
class Image:
    """One image; ``named`` by the caller, or else by its place in the state.

    ``bare``: a normal image without a mask, whose map is resized to the size of the others' masks.
    """

    seen: Observed
    named: bool
    bare: bool = False

    @property
    def nbytes(self) -> int:
        """Memory that its scores take."""
        kept = self.seen.map
        return (0 if kept is None else kept.nbytes) + self.seen.anomalous.nbytes

    @property
    def pixels(self) -> int:
        """How many of its map count; zero without one."""
        return (self.seen.row.height or 0) * (self.seen.row.width or 0) - self.seen.ignored

    def owned(self) -> Image:
        """The same with a map that no caller can change."""
        if self.seen.map is None:
            return self
        return replace(self, seen=replace(self.seen, map=np.array(self.seen.map, order="C")))

    def at(self, place: int) -> Observed:
        """What was seen of it, under the name that it has at this place."""
        if self.named:
            return self.seen
        return replace(self.seen, row=replace(self.seen.row, name=f"image {place}"))


def observe_batch(
    sources: Sequence[ArrayImage],
    named: Sequence[bool],
    settings: Settings,
    *,
    pixels: bool,
    sizes: Collection[Shape],
) -> tuple[list[Image], frozenset[Shape]]:
    """Look at images that were given together; second, the sizes of masks, with those before.

    Their maps are still those of the caller.
    """
    bare = [
        pixels and settings.resize is not None and source.label is False and source.mask is None
        for source in sources
    ]

    def seen(place: int) -> Observed:
        shapes = sizes if bare[place] else ()
        return observe(sources[place], settings, shapes=shapes, pixels=pixels)

    first = [place for place in range(len(sources)) if not bare[place]]
    found = dict(zip(first, _on_every_core(seen, first), strict=True))
    if settings.resize is not None:
        maybe = (one for place, one in found.items() if sources[place].label is not False)
        sizes = {*sizes, *(_size(one) for one in maybe if one.masked)}
    rest = [place for place in range(len(sources)) if bare[place]]
    refuse_many_sizes(sizes, bare=bool(rest))
    found |= dict(zip(rest, _on_every_core(seen, rest), strict=True))
    images = [
        Image(found[place] if pixels else found[place].without_scores(), named[place], bare[place])
        for place in range(len(sources))
    ]
    return images, frozenset(sizes)


def waits(image: Image, sizes: Collection[Shape]) -> bool:
    """Whether its map is to be resized to a size that no mask gave yet."""
    return image.bare and not sizes


def observe_again(image: Image, settings: Settings, size: Shape, *, scored: bool) -> Image:
    """A bare image at the size of the masks, once that is known."""
    row, scores = image.seen.row, image.seen.map
    score = row.score if scored else None
    source = ArrayImage(row.name, False, score, row.defect, scores, None)
    return replace(image, seen=observe(source, settings, shapes=[size], pixels=True))


def refuse_many_sizes(sizes: Collection[Shape], *, bare: bool) -> None:
    """Refuse bare images beside masks of several sizes."""
    if bare and len(sizes) > 1:
        raise InputError(
            f"resize: found masks of {len(sizes)} sizes, so normal images without a mask have no "
            "size to be brought to; give every normal image an empty mask"
        )


def count(
    images: Sequence[Image], counter: GridCounter, *, sizes: Collection[Shape]
) -> list[Image]:
    """Count images on the grid, and leave them in constant size; those that wait are left alone."""

    def counted(image: Image) -> Image:
        if image.seen.map is None or waits(image, sizes):
            return image
        counter.add(image.seen.map, image.seen.anomalous, image.seen.row.defect)
        return replace(image, seen=image.seen.without_scores())

    return _on_every_core(counted, images)


def _on_every_core(work: Callable[[Item], Product], items: Sequence[Item]) -> list[Product]:
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(available_cores()) as pool:
        return list(pool.map(work, items))


def _size(one: Observed) -> Shape:
    return one.row.height or 0, one.row.width or 0
