"""Maps and masks of many images: one array, one tensor, a list, or an iterable of pairs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gonogo._check.arrays import as_array, plane
from gonogo._check.vectors import image_labels, image_scores, texts
from gonogo.errors import InputError

__all__ = ["ArrayImage", "images", "pairs"]


@dataclass(frozen=True)
class ArrayImage:
    """An image that is in memory already."""

    name: str
    label: bool | None
    score: float | None
    defect: str | None
    map: Any
    mask: Any

    @property
    def where(self) -> str:
        """What messages call the image: its name."""
        return self.name

    def load(self) -> tuple[Any, Any]:
        """The map and the mask, as they were given."""
        return self.map, self.mask


def pairs(maps: Any) -> tuple[list[Any], list[Any]]:
    """Maps and masks from an iterable of ``(map, mask)``, single images or batches of them."""
    _refuse_path(maps, "maps")
    if hasattr(maps, "shape"):
        raise InputError(
            f"maps: found an array of shape {tuple(maps.shape)} without masks; give masks of the "
            "same shape, or labels. For a normal image without a mask give lists: [map], [None]"
        )
    left: list[Any] = []
    right: list[Any] = []
    for place, item in enumerate(maps):
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            raise InputError(
                f"maps: item {place} of the iterable is {type(item).__name__}; expected pairs "
                "(map, mask), or masks beside the maps (in a list None for a normal image)"
            )
        batch = _split(item[0], f"maps[{place}]")
        masks = [None] * len(batch) if item[1] is None else _split(item[1], f"masks[{place}]")
        if len(masks) != len(batch):
            raise InputError(
                f"masks[{place}]: found {len(masks)} for {len(batch)} maps; expected as many"
            )
        left += batch
        right += masks
    return left, right


def images(
    maps: Any,
    masks: Any,
    *,
    labels: Any = None,
    scores: Any = None,
    defects: Any = None,
    names: Any = None,
) -> list[ArrayImage]:
    """One record an image; lengths agree, maps and masks are split but not yet looked into."""
    each_map = None if maps is None else _split(maps, "maps")
    count = _count(each_map, scores, labels)
    each_mask = [None] * count if masks is None else _split(masks, "masks")
    if len(each_mask) != count:
        raise InputError(
            f"masks: found {len(each_mask)} for {count} maps; expected as many as maps"
        )
    each_label: Sequence[Any] = [
        False if masks is not None and mask is None else None for mask in each_mask
    ]
    if labels is not None:
        each_label = image_labels(labels, count).tolist()
    each_score: Sequence[Any] = [None] * count
    if scores is not None:
        each_score = image_scores(scores, count).tolist()
    each_name = [None] * count if names is None else texts(names, "names", count)
    return [
        ArrayImage(*record)
        for record in zip(
            [f"image {i}" if name is None else name for i, name in enumerate(each_name)],
            each_label,
            each_score,
            [None] * count if defects is None else texts(defects, "defects", count),
            each_map or [None] * count,
            each_mask,
            strict=True,
        )
    ]


def _refuse_path(value: Any, name: str) -> None:
    """Refuse the name of a file or folder where images are expected."""
    if isinstance(value, str | bytes | os.PathLike):
        raise InputError(
            f"{name}: found the path {os.fspath(value)!r}; expected images in memory. For folders "
            "use gonogo.evaluate_folder(maps, ground_truth)"
        )


def _count(each_map: list[Any] | None, scores: Any, labels: Any) -> int:
    if each_map is not None:
        if not each_map:
            raise InputError("maps: found no image; expected at least one")
        return len(each_map)
    if scores is None or labels is None:
        raise InputError("maps: found None; without maps give image_scores and labels")
    count = len(image_scores(scores, None))
    if count == 0:
        raise InputError("image_scores: found no image; expected at least one")
    return count


def _split(value: Any, name: str) -> list[Any]:
    """Two-dimensional arrays (or None), one an image."""
    _refuse_path(value, name)
    if isinstance(value, Iterable) and not hasattr(value, "shape") and not _is_nested_image(value):
        return [_flat_image(item, f"{name}[{i}]") for i, item in enumerate(value)]
    stack = as_array(value, name)
    if stack.ndim == 4:
        return [plane(image, f"{name}[{i}]") for i, image in enumerate(stack)]
    if stack.ndim == 2:
        stack = stack[None]
    if stack.ndim != 3:
        raise InputError(
            f"{name}: found shape {stack.shape}; expected (H, W), (N, H, W) or (N, 1, H, W), "
            "or a list of images"
        )
    return list(stack)


def _is_nested_image(value: Any) -> bool:
    """Rows of plain numbers: one image written as a list of lists."""
    return (
        isinstance(value, (list, tuple))
        and len(value) > 0
        and isinstance(value[0], (list, tuple))
        and len(value[0]) > 0
        and np.isscalar(value[0][0])
    )


def _flat_image(item: Any, name: str) -> Any:
    return None if item is None else plane(as_array(item, name), name)
