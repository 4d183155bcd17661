"""What a loader yields, read the way PatchCore's own code reads it; torch is not imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import InputError

__all__ = ["Batch", "read_batch"]


@dataclass(frozen=True)
class Batch:
    """Grey pictures ``(N, H, W)``; labels and masks (nested ``[1, H, W]``) where there are any."""

    pictures: NDArray[np.float32]
    labels: list[int]
    masks: list[Any]


def read_batch(batch: Any) -> Batch:
    """Read a mapping with ``image`` and perhaps ``is_anomaly`` and ``mask``, or bare images.

    Images are ``(N, H, W)`` or ``(N, C, H, W)``; channels are averaged, integers divided by the
    largest value of their type. Arrays, lists and tensors in main memory are fine.
    """
    if not isinstance(batch, Mapping):
        return Batch(_pictures(batch), [], [])
    if "image" not in batch:
        raise InputError(f"batch: found the keys {sorted(map(str, batch))}; expected 'image'")
    pictures = _pictures(batch["image"])
    labels = [int(label) for label in np.asarray(batch.get("is_anomaly", ())).ravel()]
    masks = _masks(batch["mask"]) if "mask" in batch else []
    for name, found in (("is_anomaly", labels), ("mask", masks)):
        if name in batch and len(found) != len(pictures):
            raise InputError(f"batch: found {len(found)} of {name} for {len(pictures)} images")
    return Batch(pictures, labels, masks)


def _pictures(images: Any) -> NDArray[np.float32]:
    values = np.asarray(images)
    if values.ndim not in (3, 4) or values.dtype.kind not in "uif":
        raise InputError(
            f"image: found {values.dtype} of shape {values.shape}; expected numbers of shape "
            "(N, H, W) or (N, C, H, W)"
        )
    scale = np.iinfo(values.dtype).max if values.dtype.kind in "ui" else 1
    pictures = values.astype(np.float32) / np.float32(scale)
    if values.ndim == 4:
        pictures = pictures.mean(axis=1, dtype=np.float32)
    if not np.isfinite(pictures).all():
        raise InputError("image: found NaN or infinity; expected finite grey values")
    return pictures


def _masks(masks: Any) -> list[Any]:
    values = np.asarray(masks)
    if values.ndim == 3:
        values = values[:, None]
    if values.ndim != 4 or values.shape[1] != 1:
        raise InputError(f"mask: found the shape {values.shape}; expected (N, 1, H, W)")
    nested: list[Any] = values.tolist()
    return nested
