"""Counting one part of a data set, wherever it happens: in a task, an actor or a plain process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Unpack

from gonogo._check import ArrayImage
from gonogo.counting import (
    DEFAULT_BUDGET,
    Fault,
    ImageReader,
    PartialResult,
    Positives,
    first_pass,
    second_pass,
    single_pass,
)
from gonogo.distributed.options import Options, settings_of
from gonogo.errors import InputError
from gonogo.states import Shape, capacity, observe
from gonogo.types import ImageSource, Settings

__all__ = ["count", "first_part", "second_part", "single_part", "sources_of"]

Sources = Mapping[int, ImageSource]


def count(
    images: Iterable[ImageSource | tuple[Any, Any]],
    *,
    first: int = 0,
    among: Positives | None = None,
    mode: Literal["exact", "certified"] = "certified",
    mask_shape: Shape | None = None,
    pixels: bool = True,
    threads: int = 1,
    **options: Unpack[Options],
) -> PartialResult:
    """Count one part of a data set; :func:`merge` adds parts, :func:`derive` gives the metrics.

    In mode certified one count of each part is enough. An exact count takes two passes: merge what
    all parts gave, then count each part ``among`` that, and merge everything. Images that cannot be
    read are noted in ``part.faults``.

    Args:
        images: pairs ``(map, mask)``, the mask ``None`` for a normal image; or objects that read
            themselves (:class:`gonogo.types.ImageSource`).
        first: the index of the first image in the whole data set; no two images share one.
        among: ``part.among()`` of the merged first pass; brings its options along.
        mode: ``"certified"``, or ``"exact"`` for the first pass of an exact count.
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
        return second_part(sources, among, threads=threads)
    settings = settings_of({**options, "mode": mode})
    if settings.mode == "exact" and pixels:
        return first_part(sources, settings, threads=threads)
    if settings.mode not in ("certified", "exact"):
        raise InputError(f"mode: found {mode!r}; expected certified, or exact in two passes")
    shapes: Collection[Shape] | None = None if pixels else ()
    if mask_shape is not None:
        shapes = [mask_shape]
    return single_part(sources, settings, pixels, shapes, threads=threads)


def sources_of(
    images: Iterable[ImageSource | tuple[Any, Any]], first: int, name: str | None = None
) -> dict[int, ImageSource]:
    """Images by their index; pairs are named after it, or after their number if there is a name."""
    sources: dict[int, ImageSource] = {}
    for number, image in enumerate(images):
        index = first + number
        title = f"image {index}" if name is None else f"{name} {number}"
        sources[index] = _paired(image, title) if isinstance(image, (tuple, list)) else image
    return sources


def first_part(sources: Sources, settings: Settings, *, threads: int = 1) -> PartialResult:
    """The first pass of an exact count: over images that may be anomalous."""
    nothing = PartialResult(settings, True, "exact")
    return _tried(sources, lambda reader: first_pass(reader, nothing), settings, threads=threads)


def second_part(sources: Sources, among: Positives, *, threads: int = 1) -> PartialResult:
    """The second pass of an exact count."""
    nothing = PartialResult(among.settings, True, "exact")
    return _tried(
        {index: one for index, one in sources.items() if index not in among.skipped},
        lambda reader: second_pass(reader, nothing, among.distinct),
        among.settings,
        shapes=among.mask_shapes,
        threads=threads,
    )


def single_part(
    sources: Sources,
    settings: Settings,
    pixels: bool = True,
    mask_shapes: Collection[Shape] | None = (),
    *,
    threads: int = 1,
) -> PartialResult:
    """The one pass of a certified count, or of one without pixels.

    ``mask_shapes`` is None where those of other parts are not known.
    """
    exact = settings.mode != "certified" and not pixels
    nothing = PartialResult(settings, pixels, "exact" if exact else "certified")
    size = capacity(settings.budget or DEFAULT_BUDGET)
    part = _tried(
        sources,
        lambda reader: single_pass(reader, nothing, size),
        settings,
        pixels=pixels,
        shapes=mask_shapes or (),
        threads=threads,
    )
    if settings.resize is not None and mask_shapes is None:
        _refuse_unmasked(part)
    return part


def _paired(pair: Sequence[Any], name: str) -> ImageSource:
    if len(pair) != 2:
        raise InputError(f"{name}: found {len(pair)} items; expected a pair (map, mask)")
    scores, mask = pair
    return ArrayImage(name, False if mask is None else None, None, None, scores, mask)


def _tried(
    sources: Sources,
    passes: Callable[[ImageReader], PartialResult],
    settings: Settings,
    *,
    pixels: bool = True,
    shapes: Collection[Shape] = (),
    threads: int,
) -> PartialResult:
    """What the images give that can be read, and the faults of the others."""
    faults: dict[int, Fault] = {}
    while True:
        good = {index: one for index, one in sources.items() if index not in faults}
        try:
            with ImageReader(
                good,
                settings,
                pixels=pixels,
                mask_shapes=shapes,
                threads=threads,
                keep_going=True,
            ) as reader:
                part = passes(reader)
        except (InputError, OSError):  # of a map that could be observed, but not read again
            found = _faults(good, settings, pixels=pixels, shapes=shapes)
            if not found:
                raise
            faults |= found
        else:
            failed = reader.failed.items()
            faults |= {index: Fault.of(good[index], error) for index, error in failed}
            noted = {index: getattr(source, "prints", None) for index, source in good.items()}
            prints = {index: found for index, found in noted.items() if found is not None}
            return replace(part, faults=faults, prints=prints)


def _faults(
    sources: Sources, settings: Settings, *, pixels: bool, shapes: Collection[Shape]
) -> dict[int, Fault]:
    """The images that cannot be read, each tried alone."""
    faults = {}
    for index, source in sources.items():
        try:
            observe(source, settings, shapes=shapes, pixels=pixels)
        except (InputError, OSError) as error:
            faults[index] = Fault.of(source, error)
    return faults


def _refuse_unmasked(part: PartialResult) -> None:
    for image in part.images.values():
        if not image.masked and image.row.height is not None:
            raise InputError(
                f"{image.row.name}: there is no mask, and a part does not know the size of the "
                "others, which resize brings this map to; pass mask_shape, or an empty mask"
            )
