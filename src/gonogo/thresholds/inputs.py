"""Whatever holds scores, as a sample to fit on: arrays, maps, a result, ranks, or files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gonogo._check import Convention, elements, finite_range, images, refuse_mixed
from gonogo.cores import available_cores
from gonogo.errors import InputError
from gonogo.states import RankCounts, Shape, map_and_mask, mask_name, observe
from gonogo.thresholds.record import ThresholdLevel
from gonogo.thresholds.sample import Ranks, Sample, Scores, sorted_scores
from gonogo.thresholds.stored import score_rule, stored_scores
from gonogo.types import Array, ImageSource, Settings

__all__ = ["Columns", "Found", "Progress", "found_in", "sample_of_sources"]

Progress = Callable[[int, int], None]

Columns = Mapping[str, str | None]
"""Names of columns by what they hold; see :data:`gonogo._check.ROLES`."""

Found = tuple[Sample, ThresholdLevel, str | None]
"""A sample, the level of its scores, and the rule by which image scores were taken from maps."""

_NO_LABELS = "labels: found labels beside {}, which has its own; leave them out"


def found_in(
    scores: Any,
    labels: Any,
    level: ThresholdLevel | None,
    category: str | None,
    columns: Columns | None = None,
) -> Found:
    """The sample of anything that :func:`gonogo.fit_threshold` takes."""
    if hasattr(scores, "update") and hasattr(scores, "compute"):
        scores = scores.compute()  # a gonogo.State
    if hasattr(scores, "categories"):
        scores = _one_category(scores.categories, category)
    elif category is not None and not isinstance(scores, str | os.PathLike):
        raise InputError(
            f"category: found {category!r} for scores without categories; leave it out"
        )
    if isinstance(scores, str | os.PathLike):
        _refuse_labels(labels, "a file")
        return _of_files(Path(scores), level, category, columns)
    if columns is not None:
        raise InputError("columns: found some for scores that are no CSV file; leave them out")
    if isinstance(scores, RankCounts):
        _refuse_labels(labels, "ranks")
        return Ranks(scores), level or "pixel", None
    if hasattr(scores, "images") and hasattr(scores, "pixel"):
        _refuse_labels(labels, "a result")
        return _of_result(scores, level)
    return _of_arrays(scores, labels, level)


def sample_of_sources(
    sources: Sequence[ImageSource],
    level: ThresholdLevel,
    settings: Settings,
    progress: Progress | None = None,
    *,
    shape: Shape | None = None,
) -> Scores:
    """The image scores, or all pixels, of images that are read when their turn comes.

    Where the settings resize maps, those without a mask are brought to the one size that masks
    have, or to ``shape``.
    """
    shapes = set() if shape is None else {shape}
    # As for an evaluation: the masks of what may be anomalous tell the size for the others.
    maybe = [source for source in sources if source.label is not False]
    normal = [source for source in sources if source.label is False]
    parts: list[_Part] = []
    with ThreadPoolExecutor(available_cores()) as pool:
        try:
            for some in (maybe, normal):
                look = _image if level == "image" else _pixels
                part = partial(look, settings=settings, shapes=frozenset(shapes))
                for one in pool.map(part, some):
                    parts.append(one)
                    if progress is not None:
                        progress(len(parts), len(sources))
                shapes |= {one.mask_shape for one in parts if one.mask_shape is not None}
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    named = zip(map(mask_name, (*maybe, *normal)), (one.convention for one in parts), strict=True)
    refuse_mixed(named)
    return sorted_scores([one.normal for one in parts], [one.anomalous for one in parts])


@dataclass(frozen=True)
class _Part:
    """The scores of one image, and the size and the convention of its mask."""

    normal: Array
    anomalous: Array
    mask_shape: Shape | None
    convention: Convention | None = None


def _image(source: ImageSource, *, settings: Settings, shapes: Collection[Shape]) -> _Part:
    one = observe(source, settings, shapes=shapes, pixels=False)
    score, nothing = np.array([one.row.score]), np.empty(0)
    shape = (one.row.height or 0, one.row.width or 0) if one.masked else None
    normal, anomalous = (nothing, score) if one.row.label else (score, nothing)
    return _Part(normal, anomalous, shape, one.convention)


def _pixels(source: ImageSource, *, settings: Settings, shapes: Collection[Shape]) -> _Part:
    scores, mask = map_and_mask(source, settings, shapes)
    if scores is None:
        raise InputError(f"{source.where}: found no map; expected one")
    shape = (scores.shape[0], scores.shape[1])
    if mask is not None and mask.ignored is not None:
        counts = ~mask.ignored
        scores, mask = scores[counts], replace(mask, anomalous=mask.anomalous[counts])
    if scores.size:
        finite_range(scores, f"{source.where}: map")
    if mask is not None:
        anomalous = mask.anomalous
        return _Part(scores[~anomalous], scores[anomalous], shape, mask.convention)
    if source.label:
        raise InputError(f"{source.where}: found no mask for this anomalous image; pixels need one")
    return _Part(scores, scores[:0], None)


def _of_arrays(scores: Any, labels: Any, level: ThresholdLevel | None) -> Found:
    maps = _are_maps(scores)
    if maps and level == "image":
        return _images_of_maps(scores, labels)
    if labels is None and isinstance(scores, (list, tuple)):
        # None in the place of labels is a normal image.
        labels = [None] * len(scores) if _holds_arrays(scores) else np.zeros(len(scores), np.bool_)
    parts = [
        pair
        for score, label in elements(scores, labels)
        for pair in (zip(score, label, strict=True) if score.ndim > 2 else [(score, label)])
    ]
    if not parts:
        raise InputError("scores: found none; expected at least one")
    normal = [score[~label] if label.any() else score for score, label in parts]
    anomalous = [score[label] for score, label in parts]
    return sorted_scores(normal, anomalous), level or ("pixel" if maps else "image"), None


def _images_of_maps(maps: Any, labels: Any) -> Found:
    """One score a map, its maximum; labels are those of images, or masks."""
    masked = _are_maps(labels) or (
        isinstance(labels, (list, tuple)) and any(one is None for one in labels)
    )
    sources = images(maps, labels) if masked else images(maps, None, labels=labels)
    return sample_of_sources(sources, "image", Settings()), "image", "max"


def _of_result(result: Any, level: ThresholdLevel | None) -> Found:
    rows = result.images
    if level == "pixel":
        if result.pixel is None:
            raise InputError("scores: the result has no pixel level; fit on the maps and masks")
        highest = [row.map_max for row in rows]
        known = None if None in highest else max(highest)
        return Ranks(result.pixel.ranks, known), "pixel", None
    scores = np.array([row.score for row in rows], np.float64)
    labels = np.array([row.label for row in rows], np.bool_)
    rule = score_rule(scores.tolist(), [row.map_max for row in rows], result.settings.image_score)
    if result.settings.resize is not None or result.settings.ignore_value is not None:
        rule = "given"  # maps that come later are neither resized nor without ignored pixels
    return sorted_scores([scores[~labels]], [scores[labels]]), "image", rule


def _of_files(
    path: Path, level: ThresholdLevel | None, category: str | None, columns: Columns | None
) -> Found:
    if level == "pixel":
        raise InputError(
            f"{path}: found image scores only, pixels are not stored there; for the pixel level "
            "give the maps: gonogo.fit_threshold(maps, masks), or "
            "gonogo threshold MAPS --ground-truth GROUND_TRUTH --level pixel"
        )
    stored = stored_scores(path, category, columns)
    labels = np.zeros(len(stored.scores), np.bool_) if stored.labels is None else stored.labels
    sample = sorted_scores([stored.scores[~labels]], [stored.scores[labels]])
    return sample, "image", stored.image_score


def _one_category(categories: Any, category: str | None) -> Any:
    if category is None and len(categories) == 1:
        return next(iter(categories.values()))
    if category not in categories:
        raise InputError(
            f"category: found {category!r}; a threshold is for one category, expected one of "
            f"{', '.join(categories)}"
        )
    return categories[category]


def _are_maps(value: Any) -> bool:
    """Whether these are maps (or masks) of pixels rather than one number for each image."""
    if isinstance(value, (list, tuple)):
        return any(
            len(one) > 1 if isinstance(one, (list, tuple)) else _long_axes(one) > 1 for one in value
        )
    return _long_axes(value) > 1


def _long_axes(value: Any) -> int:
    return sum(length != 1 for length in getattr(value, "shape", ()))


def _holds_arrays(scores: Sequence[Any]) -> bool:
    return len(scores) > 0 and (
        isinstance(scores[0], (list, tuple)) or getattr(scores[0], "ndim", 0) > 0
    )


def _refuse_labels(labels: Any, what: str) -> None:
    if labels is not None:
        raise InputError(_NO_LABELS.format(what))
