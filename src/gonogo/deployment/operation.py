"""What is done to every map: the threshold that decides, the one that makes masks, the scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo import _check
from gonogo.datasets import ImageFile
from gonogo.decisions import at_least
from gonogo.deployment.files import files_for, is_for_each_category
from gonogo.errors import InputError
from gonogo.normalization import (
    METHODS,
    DivideByThreshold,
    Normalization,
    scale_entries,
    stored_scale,
)
from gonogo.states import observe
from gonogo.thresholds import Threshold
from gonogo.types import Array

__all__ = ["Decided", "Decision", "Operation", "Operations", "operations"]


@dataclass(frozen=True)
class Decision:
    """What is decided of one image: a row of ``decisions.csv``.

    ``score`` is in units of the maps, ``normalized`` on the scale if there is one. With a pixel
    threshold ``anomalous_pixels`` counts those that reach it; where no image threshold decides, an
    image is anomalous if one pixel is.
    """

    name: str
    score: float
    normalized: float | None
    anomalous: bool
    anomalous_pixels: int | None


@dataclass(frozen=True)
class Decided:
    """The decision on an image; its map, on the scale if there is one, and the mask of that.

    ``threshold`` is what decides on that map, where one number does: the pixel threshold, on the
    scale as well, else that of an image whose score is the maximum of the map.
    """

    decision: Decision
    map: Array
    mask: NDArray[np.bool_] | None
    threshold: float | None


@dataclass(frozen=True)
class Operation:
    """Thresholds and scales for the maps of one category."""

    threshold: Threshold
    masks: Threshold | None
    score_scale: Normalization | None
    map_scale: Normalization | None
    image_score: str

    def decide(self, image: ImageFile) -> Decided:
        """Read a map and decide; any thread."""
        seen = observe(
            image, _check.settings(image_score=self.image_score), shapes=(), pixels=False
        )
        if seen.map is None:
            raise InputError(f"{image.name}: found no map; expected one")
        mask = None if self.masks is None else at_least(seen.map, self.masks.value)
        score = np.array([seen.row.score], np.float64)
        try:
            scaled = None if self.score_scale is None else float(self.score_scale(score)[0])
            shown_map = seen.map if self.map_scale is None else self.map_scale(seen.map)
        except InputError as error:
            raise InputError(f"{image.map_path}: {error}") from error
        decision = Decision(
            name=image.name,
            score=float(score[0]),
            normalized=scaled,
            anomalous=bool(at_least(score, self.threshold.value)[0]),
            anomalous_pixels=None if mask is None else int(np.count_nonzero(mask)),
        )
        return Decided(decision, shown_map, mask, self._of_map(image))

    def _of_map(self, image: ImageFile) -> float | None:
        """The threshold of the map as it is shown."""
        if self.masks is None:
            by_maximum = image.score is None and self.image_score == "max"
            return self.threshold.value if by_maximum else None
        return self.masks.value if self.map_scale is None else self.map_scale.normalized_threshold

    def entries(self) -> dict[str, Any]:
        """All of it that changes what is written, as plain values."""
        return {
            "threshold": self.threshold.value,
            "level": self.threshold.level,
            "masks": None if self.masks is None else self.masks.value,
            "score_scale": None if self.score_scale is None else scale_entries(self.score_scale),
            "map_scale": None if self.map_scale is None else scale_entries(self.map_scale),
            "image_score": self.image_score,
        }


@dataclass(frozen=True)
class Operations:
    """One operation for every map, or one for each category: the first folder of a map's name."""

    by_category: Mapping[str, Operation]
    several: bool

    def of(self, name: str) -> Operation:
        """The operation for a map by its name."""
        return self.by_category[_category(name) if self.several else ""]

    def entries(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {category: one.entries() for category, one in self.by_category.items()}


def operations(
    names: list[str],
    threshold: Path,
    *,
    masks: Path | None = None,
    normalization: str | None = None,
    image_score: str | Path | None = None,
) -> Operations:
    """What to do with the maps of these names.

    ``threshold`` is a file, or a folder of thresholds, see :mod:`gonogo.deployment.files`; so is
    ``masks``, the pixel thresholds that make the masks where ``threshold`` is of image level alone.
    ``normalization`` is a method or ``none``; by default the scale that is in the file.
    """
    several = any(is_for_each_category(path) for path in (threshold, masks) if path is not None)
    categories = list(dict.fromkeys(map(_category, names))) if several else [""]
    chosen = {one: files_for(threshold, one) for one in categories}
    return Operations(
        {
            one: _operation(
                files.decision,
                files.masks if masks is None else files_for(masks, one).last,
                normalization,
                image_score,
            )
            for one, files in chosen.items()
        },
        several,
    )


def _operation(
    path: Path, masks_path: Path | None, method: str | None, image_score: str | Path | None
) -> Operation:
    threshold = Threshold.load(path)
    scale = _scale(path, threshold, method)
    if threshold.level == "pixel":
        if masks_path is not None:
            raise InputError(
                f"{path}: found a threshold of pixel level, which makes the masks itself; leave "
                f"out {masks_path} (--masks), or name a threshold of image level first"
            )
        if image_score is not None:
            raise InputError(
                f"{path}: found a threshold of pixel level, for which an image is anomalous if one "
                "of its pixels is; leave the image score out (--image-score)"
            )
        return Operation(threshold, threshold, scale, scale, "max")
    masks, map_scale = None, None
    if masks_path is not None:
        masks = Threshold.load(masks_path)
        if masks.level != "pixel":
            raise InputError(f"{masks_path}: found a threshold of image level; masks need pixels")
        map_scale = _scale(masks_path, masks, method)
    return Operation(threshold, masks, scale, map_scale, _rule(path, threshold, image_score))


def _rule(path: Path, threshold: Threshold, image_score: str | Path | None) -> str:
    """How image scores are taken: as asked for, else as when the threshold was fitted."""
    if isinstance(image_score, Path):
        return "max"  # of no effect: every image has its score from the file
    rule = image_score or threshold.fitted_on.image_score or "max"
    if rule == "given":
        raise InputError(
            f"{path}: found a threshold for image scores that were given and not taken from maps, "
            "or from maps that were resized or had ignored pixels; give those of the new maps too "
            "(--image-score FILE.csv), or name a rule, max or top-K"
        )
    return rule


def _scale(path: Path, threshold: Threshold, method: str | None) -> Normalization | None:
    if method == "none":
        return None
    stored = stored_scale(path)
    if method is None or (stored is not None and stored.method == method):
        return stored
    if METHODS.get(method) is DivideByThreshold:
        return DivideByThreshold(threshold.value)
    found = "no scale" if stored is None else f"a {stored.method} scale"
    raise InputError(
        f"{path}: found {found}; {method} is fitted together with a threshold: "
        f"gonogo threshold ... --normalise {method}"
    )


def _category(name: str) -> str:
    """The first folder of a map's name."""
    parts = PurePosixPath(name).parts
    return parts[0] if len(parts) > 1 else ""
