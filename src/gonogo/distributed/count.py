"""Counting one part of a data set, wherever it happens: in a task, an actor or a plain process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar, Unpack

from gonogo._check import ArrayImage
from gonogo.counting import (
    DEFAULT_BUDGET,
    Gridded,
    Look,
    Reading,
    count_on_grid,
    look_at,
    out_of_reach,
    rank_among,
)
from gonogo.distributed.options import Options, settings_of
from gonogo.distributed.parts import Among, CertifiedPart, ExactPart, Fault, Part
from gonogo.errors import InputError
from gonogo.states import Shape, capacity, observe
from gonogo.types import ImageSource, Settings

__all__ = ["count", "grid_part", "look_part", "rank_part", "sources_of"]

Sources = Mapping[int, ImageSource]
State = TypeVar("State")


def count(
    images: Iterable[ImageSource | tuple[Any, Any]],
    *,
    first: int = 0,
    among: Among | None = None,
    mode: Literal["exact", "certified"] = "certified",
    mask_shape: Shape | None = None,
    pixels: bool = True,
    threads: int = 1,
    **options: Unpack[Options],
) -> Part:
    """Count one part of a data set; :func:`merge` adds parts, :func:`derive` gives the metrics.

    In mode certified one count of each part is enough. An exact count walks twice: merge what all
    parts gave, then count each part ``among`` that, and merge everything. Images that cannot be
    read are noted in ``part.faults``.

    Args:
        images: pairs ``(map, mask)``, the mask ``None`` for a normal image; or objects that read
            themselves (:class:`gonogo.types.ImageSource`).
        first: the place of the first image in the whole data set; no two images share one.
        among: ``part.among()`` of the merged first walk; brings its options along.
        mode: ``"certified"``, or ``"exact"`` for the first walk of an exact count.
        mask_shape: ``(H, W)`` of all masks; in mode certified, ``resize`` needs it for images
            without one.
        pixels: False where there are no masks, for image metrics alone.
        threads: how many to count with.
        **options: as in :func:`gonogo.evaluate`.

    Example:
        >>> import numpy as np
        >>> from gonogo.distributed import count, derive, merge
        >>> maps = np.arange(48.0).reshape(3, 4, 4); masks = maps > 45
        >>> parts = [count(zip(maps[k:], masks[k:k + 1]), first=k) for k in range(3)]
        >>> derive(merge(parts)).pixel.auroc
        Bounded(low=1.0, high=1.0)
    """
    sources = sources_of(images, first)
    if among is not None:
        if options:
            raise InputError(
                f"{min(options)}: is the one that among was counted with; leave it out"
            )
        return rank_part(sources, among, threads=threads)
    settings = settings_of({**options, "mode": mode})
    if settings.mode == "exact":
        return look_part(sources, settings, pixels, threads=threads)
    if settings.mode != "certified":
        raise InputError(f"mode: found {mode!r}; expected certified, or exact in two walks")
    shapes = None if mask_shape is None else [mask_shape]
    return grid_part(sources, settings, pixels, shapes, threads=threads)


def sources_of(
    images: Iterable[ImageSource | tuple[Any, Any]], first: int, name: str | None = None
) -> dict[int, ImageSource]:
    """Images by their place; pairs are named after it, or after their number if there is a name."""
    sources: dict[int, ImageSource] = {}
    for number, image in enumerate(images):
        place = first + number
        title = f"image {place}" if name is None else f"{name} {number}"
        sources[place] = _paired(image, title) if isinstance(image, (tuple, list)) else image
    return sources


def look_part(
    sources: Sources,
    settings: Settings,
    pixels: bool = True,
    *,
    threads: int = 1,
) -> ExactPart:
    """The first walk of an exact count: over images that may be anomalous, without pixels all."""
    look, faults = _tried(sources, _looked, settings, pixels=pixels, threads=threads)
    return ExactPart(settings, pixels, look, faults=faults)


def rank_part(sources: Sources, among: Among, *, threads: int = 1) -> ExactPart:
    """The second walk of an exact count."""
    sources = {place: one for place, one in sources.items() if place not in among.left_out}
    walk = partial(rank_among, among.distinct)
    shapes = among.mask_shapes
    (ranks, look), faults = _tried(sources, walk, among.settings, shapes=shapes, threads=threads)
    ranked = frozenset(sources.keys() - faults.keys())
    return ExactPart(among.settings, True, look, ranks, ranked, faults)


def grid_part(
    sources: Sources,
    settings: Settings,
    pixels: bool = True,
    mask_shapes: Collection[Shape] | None = (),
    *,
    threads: int = 1,
) -> CertifiedPart:
    """The one walk of a certified count; ``mask_shapes`` None where other parts' are not known."""
    size = capacity(settings.budget or DEFAULT_BUDGET)
    gridded, faults = _tried(
        sources,
        lambda reading: count_on_grid(reading, size),
        settings,
        pixels=pixels,
        shapes=mask_shapes or (),
        threads=threads,
    )
    if settings.resize is not None and mask_shapes is None:
        _refuse_unmasked(gridded)
    return CertifiedPart(settings, pixels, gridded, faults)


def _paired(pair: Sequence[Any], name: str) -> ImageSource:
    if len(pair) != 2:
        raise InputError(f"{name}: found {len(pair)} items; expected a pair (map, mask)")
    scores, mask = pair
    return ArrayImage(name, False if mask is None else None, None, None, scores, mask)


def _looked(reading: Reading) -> Look:
    look = look_at(reading)
    if reading.pixels:
        return look
    normal = reading.observed(reading.normal())
    return look + Look({place: one.without_map() for place, one in normal})


def _tried(
    sources: Sources,
    walk: Callable[[Reading], State],
    settings: Settings,
    *,
    pixels: bool = True,
    shapes: Collection[Shape] = (),
    threads: int,
) -> tuple[State, dict[int, Fault]]:
    """What a walk gives of the images that can be read, and the faults of the others."""
    faults: dict[int, Fault] = {}
    while True:
        good = {place: one for place, one in sources.items() if place not in faults}
        try:
            with Reading(
                good,
                settings,
                pixels=pixels,
                mask_shapes=shapes,
                threads=threads,
                keep_going=True,
            ) as reading:
                state = walk(reading)
        except (InputError, OSError):  # of a map that could be looked at, but not read again
            found = _faults(good, settings, pixels=pixels, shapes=shapes)
            if not found:
                raise
            faults |= found
        else:
            failed = reading.failed.items()
            return state, faults | {place: _fault(good[place], error) for place, error in failed}


def _faults(
    sources: Sources, settings: Settings, *, pixels: bool, shapes: Collection[Shape]
) -> dict[int, Fault]:
    """The images that cannot be looked at, each tried alone."""
    faults = {}
    for place, source in sources.items():
        try:
            observe(source, settings, shapes=shapes, pixels=pixels)
        except (InputError, OSError) as error:
            faults[place] = _fault(source, error)
    return faults


def _fault(source: ImageSource, error: Exception) -> Fault:
    reason = str(error) if isinstance(error, InputError) else f"{source.name}: {error}"
    return Fault(source.name, reason, out_of_reach=out_of_reach(error))


def _refuse_unmasked(gridded: Gridded) -> None:
    for one in gridded.images.values():
        if not one.masked and one.row.height is not None:
            raise InputError(
                f"{one.row.name}: there is no mask, and a part does not know the size of the "
                "others, which resize brings this map to; pass mask_shape, or an empty mask"
            )
