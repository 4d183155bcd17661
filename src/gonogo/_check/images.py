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
from gonogo.shown import size_text

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
        left.append(_split(item[0], f"maps[{place}]"))
        right.append(None if item[1] is None else _split(item[1], f"masks[{place}]"))
    return _flat(left), _flat(_like(right, left))


def images(
    maps: Any,
    masks: Any,
    *,
    labels: Any = None,
    scores: Any = None,
    defects: Any = None,
    names: Any = None,
) -> list[ArrayImage]:
    """One record an image; lengths agree, maps and masks are split but not yet looked into.

    Lists may hold batches as well as single images; None in the place of the masks of a batch
    stands for as many normal images.
    """
    map_batches = None
    if maps is not None:
        map_batches = [[None] if one is None else one for one in _batches(maps, "maps")]
    each_map = None if map_batches is None else _flat(map_batches)
    scores, labels = _joined(scores, "image_scores"), _joined(labels, "labels")
    count = _count(each_map, scores, labels)
    each_mask = [None] * count
    if masks is not None:
        each_mask = _flat(_like(_batches(masks, "masks"), map_batches or []))
    if len(each_mask) != count:
        raise InputError(
            f"masks: found {len(each_mask)} for {count} maps; expected as many as maps"
            + _explain_batches(map_batches)
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


def _flat(batches: Iterable[list[Any]]) -> list[Any]:
    return [image for batch in batches for image in batch]


def _like(masks: Sequence[list[Any] | None], maps: Sequence[list[Any]]) -> list[list[Any]]:
    """Masks in batches as the maps are, where they come in as many; None for a batch of normals."""
    if len(masks) != len(maps):
        return [[None] if batch is None else batch for batch in masks]
    filled = [
        [None] * len(batch) if mask is None else mask
        for mask, batch in zip(masks, maps, strict=True)
    ]
    for place, (mask, batch) in enumerate(zip(filled, maps, strict=True)):
        if len(mask) != len(batch):
            raise InputError(
                f"masks[{place}]: found {len(mask)} for {len(batch)} maps; expected as many"
                + _explain_batches([[]] * place + [batch])
            )
    return filled


def _explain_batches(batches: Sequence[list[Any]] | None) -> str:
    """How images were taken from a list of batches, where there is one."""
    for place, batch in enumerate(batches or []):
        if len(batch) > 1:
            return (
                f"; maps[{place}] was taken for a batch of {len(batch)} images of "
                f"{size_text(batch[0].shape)}: if these are channels, reduce them to one score a "
                "pixel"
            )
    return ""


def _joined(values: Any, name: str) -> Any:
    """One vector of a list of vectors, one for each batch; anything else as it is."""
    if not isinstance(values, (list, tuple)) or not values or np.ndim(_first(values)) == 0:
        return values
    vectors = [as_array(one, name) for one in values]
    return np.concatenate(vectors) if all(one.ndim == 1 for one in vectors) else values


def _first(values: Sequence[Any]) -> Any:
    return as_array(values[0], "") if hasattr(values[0], "detach") else values[0]


def _batches(value: Any, name: str) -> list[list[Any] | None]:
    """The images of each item of a list, None for None; of an array, an item per image."""
    _refuse_path(value, name)
    if isinstance(value, Iterable) and not hasattr(value, "shape") and not _is_nested_image(value):
        return [
            None if item is None else _split(item, f"{name}[{i}]", listed=True)
            for i, item in enumerate(value)
        ]
    return [[image] for image in _split(value, name)]


def _split(value: Any, name: str, *, listed: bool = False) -> list[Any]:
    """Two-dimensional arrays, one an image, of an image or a batch of them.

    ``listed``: it is an item of a list, in which (H, W, 1) is an image with one channel, and the
    last axis of (H, W, 3) is not taken for the width of H images.
    """
    _refuse_path(value, name)
    stack = as_array(value, name)
    if stack.ndim == 4:
        return [plane(image, f"{name}[{i}]") for i, image in enumerate(stack)]
    if stack.ndim == 2 or (listed and (stack.ndim != 3 or 1 in (stack.shape[0], stack.shape[2]))):
        return [plane(stack, name)]
    if listed and stack.shape[2] in (3, 4):
        raise InputError(
            f"{name}: found shape {stack.shape}, which may be one image with {stack.shape[2]} "
            f"channels or a batch of {stack.shape[0]}; reduce channels to one score a pixel, or "
            "give a batch as (N, 1, H, W)"
        )
    if stack.ndim != 3:
        raise InputError(
            f"{name}: found shape {stack.shape}; expected (H, W), (N, H, W) or (N, 1, H, W), "
            "or a list of images or of such batches"
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
