"""What is done to every map: the threshold that decides, the one that makes masks, the scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo import _check
from gonogo.datasets import ImageFile
from gonogo.decisions import at_least
from gonogo.deployment.files import Files, files_for, is_for_each_category
from gonogo.deployment.given import given_threshold
from gonogo.deployment.table import TableImage
from gonogo.errors import InputError
from gonogo.normalization import (
    METHODS,
    DivideByThreshold,
    Normalization,
    scale_entries,
)
from gonogo.regions import anomalous_places, areas_at
from gonogo.states import Shape, observe
from gonogo.thresholds import Threshold, ThresholdLevel
from gonogo.types import Array, Resize

__all__ = ["Decided", "Decision", "Operation", "Operations", "operations"]


@dataclass(frozen=True)
class Decision:
    """What is decided of one image: a row of ``decisions.csv``.

    ``score`` is in units of the maps, ``normalized`` on the scale if there is one. With a pixel
    threshold ``anomalous_pixels`` counts those that reach it; where no image threshold decides, an
    image is anomalous if one pixel is. With a smallest area ``largest_region`` is that of its
    connected regions (8 neighbours), and only pixels of regions of that area count.
    """

    name: str
    score: float
    normalized: float | None
    anomalous: bool
    anomalous_pixels: int | None
    largest_region: int | None = None


@dataclass(frozen=True)
class Decided:
    """The decision on an image; its map, on the scale if there is one, and the mask of that.

    ``threshold`` is what decides on that map, where one number does: the pixel threshold, on the
    scale as well, else that of an image whose score is the maximum of the map.
    """

    decision: Decision
    map: Array | None
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
    resize: tuple[Resize, Shape] | None = None

    def decide(self, image: ImageFile) -> Decided:
        """Read a map and decide; any thread."""
        policy, shapes = (None, ()) if self.resize is None else (self.resize[0], self.resize[1:])
        settings = _check.settings(image_score=self.image_score, resize=policy)
        seen = observe(image, settings, shapes=shapes, pixels=False)
        if seen.map is None and not isinstance(image, TableImage):
            raise InputError(f"{image.name}: found no map; expected one")
        mask, largest = self._mask(seen.map)
        score = np.array([seen.row.score], np.float64)
        try:
            scaled = None if self.score_scale is None else float(self.score_scale(score)[0])
            scale = None if seen.map is None else self.map_scale
            shown_map = seen.map if scale is None else scale(seen.map)
        except InputError as error:
            raise InputError(f"{image.map_path}: {error}") from error
        decision = Decision(
            name=image.name,
            score=float(score[0]),
            normalized=scaled,
            anomalous=(
                bool(at_least(score, self.threshold.value)[0])
                if mask is None or self.threshold.level == "image"
                else bool(mask.any())
            ),
            anomalous_pixels=None if mask is None else int(np.count_nonzero(mask)),
            largest_region=largest,
        )
        return Decided(decision, shown_map, mask, self._of_map(image))

    def _mask(self, scores: Array | None) -> tuple[NDArray[np.bool_] | None, int | None]:
        """Where a map reaches the pixel threshold, in regions that are large enough."""
        if self.masks is None or scores is None:
            return None, None
        mask = at_least(scores, self.masks.value)
        if self.masks.min_area == 1:
            return mask, None
        places = anomalous_places(mask)
        areas, _ = areas_at(places, mask.shape[1], 8)
        mask.reshape(-1)[places[areas < self.masks.min_area]] = False
        return mask, int(areas.max(initial=0))

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
            "min_area": 1 if self.masks is None else self.masks.min_area,
            "resize": self.resize,
        }


@dataclass(frozen=True)
class Operations:
    """One operation for every map, or one for each category: the first folder of a map's name."""

    by_category: Mapping[str, Operation]
    several: bool

    def of(self, name: str) -> Operation:
        """The operation for a map by its name."""
        return self.by_category[_category(name) if self.several else ""]

    def without_maps(self) -> Operations:
        """The same for scores alone, on which a pixel threshold cannot decide."""
        for one in self.by_category.values():
            if one.threshold.level == "pixel":
                raise InputError(
                    "threshold: found one of pixel level for a file of image scores; expected one "
                    "of image level"
                )
        scores = {name: replace(one, masks=None) for name, one in self.by_category.items()}
        return replace(self, by_category=scores)

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
    level: ThresholdLevel | None = None,
    min_area: int | None = None,
    resize: tuple[Resize, Shape] | None = None,
) -> Operations:
    """What to do with the maps of these names.

    ``threshold`` is a file, or a folder of thresholds, see :mod:`gonogo.deployment.files`; so is
    ``masks``, the pixel thresholds that make the masks where ``threshold`` is of image level alone.
    ``normalization`` is a method or ``none``; by default the scale that is in the file. ``level``
    is that of a threshold that holds none or both, ``min_area`` comes before that of the file.
    """
    several = any(is_for_each_category(path) for path in (threshold, masks) if path is not None)
    categories = list(dict.fromkeys(map(_category, names))) if several else [""]
    chosen = {one: files_for(threshold, one) for one in categories}
    return Operations(
        {
            one: _operation(
                files.decision,
                _masks(files, level) if masks is None else files_for(masks, one).last,
                normalization,
                image_score,
                level=level,
                min_area=min_area,
                resize=resize,
            )
            for one, files in chosen.items()
        },
        several,
    )


def _masks(files: Files, level: ThresholdLevel | None) -> Path | None:
    """The file for the masks; the one that decides on pixels makes them itself."""
    return None if level == "pixel" and files.masks == files.decision else files.masks


def _operation(
    path: Path,
    masks_path: Path | None,
    method: str | None,
    image_score: str | Path | None,
    *,
    level: ThresholdLevel | None,
    min_area: int | None,
    resize: tuple[Resize, Shape] | None,
) -> Operation:
    threshold, stored = given_threshold(path, level)
    if min_area is not None:
        threshold = replace(threshold, min_area=min_area)
    scale = _scale(path, threshold, stored, method)
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
        return Operation(threshold, threshold, scale, scale, "max", resize)
    masks, map_scale = None, None
    if masks_path is not None:
        masks, stored = given_threshold(masks_path, "pixel")
        map_scale = _scale(masks_path, masks, stored, method)
    rule = _rule(path, threshold, image_score)
    return Operation(threshold, masks, scale, map_scale, rule, resize)


def _rule(path: Path, threshold: Threshold, image_score: str | Path | None) -> str:
    """How image scores are taken: as asked for, else as when the threshold was fitted."""
    if isinstance(image_score, Path):
        return "max"  # of no effect: every image has its score from the file
    rule = image_score or threshold.fitted_on.image_score or "max"
    if rule == "given":
        raise InputError(
            f"{path}: found a threshold for image scores that were given and not taken from maps, "
            "or from maps that were resized or had ignored pixels; give those of the new maps too "
            "(--image-score FILE.csv), or name a rule, max or top-K, for maps that were resized "
            "with --resize POLICY=HEIGHTxWIDTH"
        )
    return rule


def _scale(
    path: Path, threshold: Threshold, stored: Normalization | None, method: str | None
) -> Normalization | None:
    if method == "none":
        return None
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
