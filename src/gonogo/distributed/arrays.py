"""The main job over Dask arrays of maps and masks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

from gonogo import _check
from gonogo._check import ArrayImage
from gonogo.distributed.derive import derive
from gonogo.distributed.options import ModeOptions, library, settings_of, stop_or_skip
from gonogo.distributed.passes import GraphPasses, counted_part
from gonogo.errors import InputError
from gonogo.results import Result
from gonogo.types import ImageSource, OnError

__all__ = ["evaluate_dask"]

_Row = tuple[str, bool | None, float | None, str | None]


def evaluate_dask(
    maps: Any,
    masks: Any = None,
    *,
    labels: Any = None,
    image_scores: Any = None,
    defects: Sequence[str | None] | None = None,
    names: Sequence[str] | None = None,
    on_error: OnError = "stop",
    **options: Unpack[ModeOptions],
) -> Result:
    """:func:`gonogo.evaluate` for Dask arrays, block by block, on the scheduler that Dask uses.

    Args:
        maps: anomaly maps, (N, H, W) or (N, 1, H, W); chunks of whole images are counted as they
            are. In mode exact the array is computed twice: persist one that is costly to make.
        masks: ground truth of the same shape; None where ``labels`` alone are known.
        labels: and what follows, of all N images, as in :func:`gonogo.evaluate`.
        image_scores: see there.
        defects: see there.
        names: see there.
        on_error: ``"skip"`` leaves out images that cannot be used, and lists them.
        **options: see :func:`gonogo.evaluate`.

    Example:
        >>> import numpy as np
        >>> import dask.array as da
        >>> from gonogo.distributed import evaluate_dask
        >>> maps = da.arange(96.0, chunks=96).reshape(6, 4, 4).rechunk((2, 4, 4))
        >>> evaluate_dask(maps, maps > 90).pixel.auroc
        1.0
    """
    settings = settings_of(options)
    stop_or_skip(on_error)
    array = library("dask.array")
    if masks is None and labels is None:
        raise InputError("masks: found none, and no labels; expected one of them")
    maps = _whole_images(array.asarray(maps), "maps")
    if masks is not None:
        masks = _whole_images(array.asarray(masks), "masks")
        if masks.shape != maps.shape:
            raise InputError(
                f"masks: found shape {masks.shape}; expected that of the maps, {maps.shape}"
            )
        masks = masks.rechunk(maps.chunks)
    if image_scores is not None:
        settings = replace(settings, image_score="given")
    rows = _rows(len(maps), labels, image_scores, defects, names)
    pixels = masks is not None
    passes = GraphPasses(_blocks(maps, masks, rows), settings, pixels=pixels)
    return derive(counted_part(passes, settings, pixels=pixels), on_error=on_error)


def _whole_images(stack: Any, name: str) -> Any:
    """The stack as (N, H, W), each image in one chunk."""
    if stack.ndim == 4 and stack.shape[1] == 1:
        stack = stack[:, 0]
    if stack.ndim != 3:
        raise InputError(f"{name}: found shape {stack.shape}; expected (N, H, W) or (N, 1, H, W)")
    if any(math.isnan(size) for size in stack.shape):
        raise InputError(
            f"{name}: found chunks of unknown size; call {name}.compute_chunk_sizes() first"
        )
    return stack.rechunk({1: -1, 2: -1})


def _rows(count: int, labels: Any, scores: Any, defects: Any, names: Any) -> list[_Row]:
    """Name, label, score and defect of every image; None where map and mask decide."""
    nothing = [None] * count
    each_name = nothing if names is None else _check.texts(names, "names", count)
    return list(
        zip(
            [f"image {k}" if name is None else name for k, name in enumerate(each_name)],
            nothing if labels is None else _check.image_labels(labels, count).tolist(),
            nothing if scores is None else _check.image_scores(scores, count).tolist(),
            nothing if defects is None else _check.texts(defects, "defects", count),
            strict=True,
        )
    )


def _blocks(maps: Any, masks: Any, rows: Sequence[_Row]) -> list[Any]:
    """The images of each chunk by their index, delayed."""
    of_chunk = library("dask").delayed(_sources, pure=False)
    map_blocks = maps.to_delayed().ravel()
    mask_blocks = [None] * len(map_blocks) if masks is None else masks.to_delayed().ravel()
    blocks, first = [], 0
    for size, scores, mask in zip(maps.chunks[0], map_blocks, mask_blocks, strict=True):
        blocks.append(of_chunk(scores, mask, first, rows[first : first + size]))
        first += size
    return blocks


def _sources(maps: Any, masks: Any, first: int, rows: Sequence[_Row]) -> dict[int, ImageSource]:
    each_mask = [None] * len(maps) if masks is None else masks
    return {
        first + k: ArrayImage(*row, scores, mask)
        for k, (row, scores, mask) in enumerate(zip(rows, maps, each_mask, strict=True))
    }
