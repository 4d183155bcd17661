"""What is kept of one image once it was looked at: its row, and its anomalous scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo._check import (
    Convention,
    Mask,
    as_array,
    finite_range,
    ignored_pixels,
    image_mask,
    plane,
    refuse_mixed,
    score_array,
)
from gonogo.decisions import at_least
from gonogo.errors import InputError
from gonogo.regions import anomalous_places, areas_at
from gonogo.resizing import resized
from gonogo.shown import size_text
from gonogo.sorting import sortable
from gonogo.states.anomalous import NO_SCORES, AnomalousScores
from gonogo.types import Array, ImageRow, ImageSource, Settings

__all__ = [
    "Observed",
    "Shape",
    "load_image",
    "map_and_mask",
    "map_of",
    "mask_name",
    "observe",
    "refuse_mixed_masks",
    "refuse_other_size",
]

Shape = tuple[int, int]


@dataclass(frozen=True)
class Observed:
    """One image after its only look: ``map`` stays until it is ranked.

    Where pixels are ignored, ``map`` is a column of the others.
    """

    row: ImageRow
    map: Array | None
    anomalous: AnomalousScores
    masked: bool
    empty_mask: bool
    decided: tuple[tuple[int, int], ...]
    """Anomalous and all pixels with at least each pixel threshold."""
    ignored: int = 0
    """Pixels that belong to neither class."""
    convention: Convention | None = None
    """Of the values of its mask."""
    mask_where: str | None = None
    """What messages call a mask with a convention, if its source knows a place of its own."""

    def without_map(self) -> Observed:
        """The same without its normal scores."""
        return replace(self, map=None)

    def without_scores(self) -> Observed:
        """The same in constant size."""
        return replace(self, map=None, anomalous=NO_SCORES)


def observe(
    source: ImageSource, settings: Settings, *, shapes: Collection[Shape], pixels: bool
) -> Observed:
    """Read and check an image; ``shapes`` are those of the masks so far, for maps without one."""
    try:
        return _observed(source, settings, shapes, pixels=pixels)
    except MemoryError as error:
        raise InputError(
            f"{source.where}: not enough memory to count this image beside the others; evaluate "
            "fewer categories at a time, or with mode certified"
        ) from error


def _observed(
    source: ImageSource, settings: Settings, shapes: Collection[Shape], *, pixels: bool
) -> Observed:
    whole, mask = map_and_mask(source, settings, shapes)
    if whole is None:
        return _score_only(source, mask)
    scores = _kept(whole, None if mask is None else mask.ignored)
    low, high = _range(source, scores)
    anomalous = _anomalous(whole, mask, settings)
    label = _label(source, anomalous, masked=mask is not None, pixels=pixels)
    row = ImageRow(
        name=source.name,
        label=label,
        score=_score(source, scores, high, settings),
        defect=source.defect,
        height=whole.shape[0],
        width=whole.shape[1],
        map_min=low,
        map_max=high,
        anomalous_pixels=anomalous.scores.size if pixels else None,
        regions=anomalous.regions if pixels else None,
    )
    return Observed(
        row,
        scores,
        anomalous,
        masked=mask is not None,
        empty_mask=pixels and label and anomalous.scores.size == 0,
        decided=tuple(_decided(scores, anomalous, t) for t in settings.pixel_thresholds),
        ignored=whole.size - scores.size,
        convention=None if mask is None else mask.convention,
        mask_where=None if mask is None or mask.convention is None else _mask_where(source),
    )


def refuse_mixed_masks(images: Iterable[Observed]) -> None:
    """Refuse images of one data set whose masks have two conventions, and name one of each."""
    refuse_mixed((_mask_named(one.row.name, one.mask_where), one.convention) for one in images)


def map_and_mask(
    source: ImageSource, settings: Settings, shapes: Collection[Shape]
) -> tuple[Array | None, Mask | None]:
    """The scores and where they are anomalous, of one size; None for what there is not."""
    raw_map, raw_mask = load_image(source, settings)
    mask = None if raw_mask is None else image_mask(raw_mask, mask_name(source), settings)
    if raw_map is None:
        return None, mask
    size = None if mask is None else _shape(mask.anomalous)
    sizes = _without_mask(source, settings, shapes) if size is None else [size]
    scores = _scores(source, raw_map, settings, sizes)
    if size is not None:
        refuse_other_size(source.where, scores.shape, size)
    return scores, mask


def load_image(source: ImageSource, settings: Settings) -> tuple[Any, Any]:
    """The map and the mask; files compare what their headers declare before they are decoded."""
    load_for = getattr(source, "load_for", None)
    raw: tuple[Any, Any] = source.load() if load_for is None else load_for(settings)
    return raw


def refuse_other_size(where: str, map_shape: tuple[int, ...], mask_shape: tuple[int, ...]) -> None:
    """Refuse a map and a mask whose heights and widths, which come first, differ."""
    if map_shape[:2] != mask_shape[:2]:
        raise InputError(
            f"{where}: the map is {size_text(map_shape)} and the mask {size_text(mask_shape)}; "
            "make them the same size, or bring the map to the size of the mask, for example "
            "resize='bilinear'"
        )


def mask_name(source: ImageSource) -> str:
    """What messages call the mask of an image: its own place, if the source knows one."""
    return _mask_named(source.where, _mask_where(source))


def _mask_where(source: ImageSource) -> str | None:
    where: str | None = getattr(source, "mask_where", None)
    return where


def _mask_named(image: str, where: str | None) -> str:
    return f"{image}: mask" if where is None else where


def map_of(source: ImageSource, settings: Settings, shapes: Collection[Shape]) -> Array:
    """The map of an image that was looked at before."""
    raw_map, raw_mask = load_image(source, settings)
    if raw_mask is None:
        return _scores(source, raw_map, settings, _without_mask(source, settings, shapes))
    mask = plane(as_array(raw_mask, "mask"), "mask")
    scores = _scores(source, raw_map, settings, [_shape(mask)])
    return _kept(scores, ignored_pixels(mask, settings))


def _without_mask(
    source: ImageSource, settings: Settings, shapes: Collection[Shape]
) -> Collection[Shape]:
    """The size of an image without a mask, if the source knows it, or those of other masks."""
    size: Callable[[], Shape | None] | None = getattr(source, "size_without_mask", None)
    known = None if settings.resize is None or size is None else size()
    return shapes if known is None else [known]


def _kept(scores: Array, ignored: NDArray[np.bool_] | None) -> Array:
    """The scores that count: all of a map as they are, or a column of those not ignored."""
    return scores if ignored is None else scores[~ignored].reshape(-1, 1)


def _range(source: ImageSource, scores: Array) -> tuple[float | None, float | None]:
    """Smallest and largest score that counts; None where none does and the image has a score."""
    if scores.size:
        return finite_range(scores, f"{source.where}: map")
    if source.score is None:
        raise InputError(
            f"{mask_name(source)}: every pixel has the value to ignore, so the map gives no score "
            "for the image; give image scores, or leave the image out"
        )
    return None, None


def _scores(source: ImageSource, raw: Any, settings: Settings, shapes: Collection[Shape]) -> Array:
    """The map, at the one size there is to bring it to."""
    name = f"{source.where}: map"
    scores = plane(score_array(raw, name), name)
    if settings.resize is None or not shapes:
        return scores
    if len(shapes) > 1:
        raise InputError(
            f"{source.where}: resize has no size to bring the map to, because there is no mask and "
            f"the other masks have {len(shapes)} sizes; give it an empty mask"
        )
    shape = next(iter(shapes))
    if scores.shape == shape:
        return scores
    finite_range(scores, name)
    return resized(scores, shape, settings.resize)


def _shape(image: Array) -> Shape:
    return image.shape[0], image.shape[1]


def _score_only(source: ImageSource, mask: object) -> Observed:
    if mask is not None or source.score is None or source.label is None:
        raise InputError(
            f"{source.where}: found no map; expected one, or a score and a label alone"
        )
    nothing = (None,) * 6
    row = ImageRow(source.name, source.label, source.score, source.defect, *nothing)
    return Observed(row, None, NO_SCORES, masked=False, empty_mask=False, decided=())


def _anomalous(scores: Array, mask: Mask | None, settings: Settings) -> AnomalousScores:
    if mask is None:
        return NO_SCORES
    places = anomalous_places(mask.anomalous)
    if places.size == 0:
        return NO_SCORES
    areas, regions = areas_at(places, mask.anomalous.shape[1], settings.connectivity)
    return AnomalousScores(scores.reshape(-1)[places], areas, regions)


def _label(source: ImageSource, anomalous: AnomalousScores, *, masked: bool, pixels: bool) -> bool:
    if source.label is None:
        return anomalous.scores.size > 0
    if not source.label and anomalous.scores.size:
        raise InputError(
            f"{source.where}: the label says normal, but the mask has {anomalous.scores.size} "
            "anomalous pixels; mend one of them"
        )
    if source.label and pixels and not masked:
        raise InputError(
            f"{source.where}: the label says anomalous, but there is no mask; give one, or leave "
            "out all masks for image-level metrics alone"
        )
    return source.label


def _score(source: ImageSource, scores: Array, highest: float | None, settings: Settings) -> float:
    if source.score is not None:
        return source.score
    if settings.image_score == "max" and highest is not None:
        return highest
    count = min(int(settings.image_score.removeprefix("top-")), scores.size)
    top = np.partition(sortable(scores), scores.size - count, axis=None)[scores.size - count :]
    return _mean(top.astype(np.float64))


def _mean(scores: NDArray[np.float64]) -> float:
    """The mean in any order of the scores; scaled below 1, so that their sum is always finite."""
    exponent = math.frexp(float(np.abs(scores).max()))[1]
    scaled = math.fsum(np.ldexp(scores, -exponent)) / scores.size
    return math.ldexp(scaled, exponent)


def _decided(scores: Array, anomalous: AnomalousScores, threshold: float) -> tuple[int, int]:
    found, every = (np.count_nonzero(at_least(s, threshold)) for s in (anomalous.scores, scores))
    return int(found), int(every)
