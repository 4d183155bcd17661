"""Scores and labels of one update, brought to what is counted: flat, finite, on their device.

Tensors of the CPU are looked at through NumPy without a copy; of others only the labels are brought
to memory, where regions are found. Arrays and lists do as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gonogo import _check
from gonogo.errors import InputError
from gonogo.regions import pixel_areas
from gonogo.sorting import sortable
from gonogo.types import Array, Connectivity

__all__ = ["Reading", "as_scores", "comparable", "read", "refuse_mixed"]

_STORED_ONLY = (torch.uint16, torch.uint32, torch.uint64)
"""Types that torch keeps, and neither compares nor indexes."""


@dataclass(frozen=True, eq=False)
class Reading:
    """Flat ``scores``, where they are ``labels`` anomalous, and ``maps`` they came as, (N, H, W).

    ``labels`` are in memory. ``maps`` is None for a vector of scores, which has no regions.
    """

    scores: Tensor
    labels: NDArray[np.bool_]
    maps: tuple[int, int, int] | None
    extent: tuple[float, float]
    """The lowest and the highest score."""
    convention: _check.Convention | None = None
    """Of the values of the labels."""

    def anomalous(self) -> Tensor:
        """The anomalous scores, in their order."""
        if not self.scores.is_cpu:
            return self.scores[torch.from_numpy(self.labels).to(self.scores.device)]
        if self.scores.dtype == torch.bfloat16:
            return self.scores[torch.from_numpy(self.labels)]
        return torch.from_numpy(self.scores.numpy()[self.labels])

    def shown(self) -> list[int]:
        """Whether the labels show that they are 0/1, and that they are 0/255."""
        return [int(self.convention == one) for one in ("0/1", "0/255")]

    def areas(self, connectivity: Connectivity) -> tuple[NDArray[np.int64], int]:
        """The area of the region of each anomalous score, and how many regions there are."""
        if self.maps is None:
            return np.zeros(int(np.count_nonzero(self.labels)), np.int64), 0
        found = [pixel_areas(mask, connectivity) for mask in self.labels.reshape(self.maps)]
        areas = [np.empty(0, np.int64), *(each for each, _ in found)]
        return np.concatenate(areas), sum(regions for _, regions in found)


def read(preds: Any, target: Any, name: str) -> list[Reading]:
    """Scores and labels of one shape: (N,), (H, W), (N, H, W), (N, 1, H, W), or lists of images.

    Raises:
        InputError: scores that are no finite real numbers, labels that are no labels, or shapes
            that differ.
    """
    if _is_list_of_images(preds):
        masks = [None] * len(preds) if target is None else list(target)
        if len(masks) != len(preds):
            raise InputError(f"{name}: found {len(masks)} targets for {len(preds)} maps")
        return [_read(*pair, name) for pair in zip(preds, masks, strict=True)]
    return [_read(preds, target, name)]


def refuse_mixed(name: str, conventions: Tensor) -> None:
    """Refuse labels of both conventions; how often each was found, see :meth:`Reading.shown`."""
    if int(conventions.min()) > 0:
        raise InputError(
            f"{name}: found targets with the values 0/1 and others with 0/255; expected one "
            "convention in all updates and processes, because among 0/1 a 255 may be a pixel to "
            "ignore. Bring them to one, for example target == 255"
        )


def as_scores(preds: Any, name: str) -> tuple[Tensor, tuple[float, float]]:
    """Finite scores of any real dtype, detached, on their device, and the lowest and the highest.

    Nothing is copied but unsigned integers wider than a byte, which become int64, and arrays that
    torch cannot look at. Of no score the lowest is infinite, and the highest minus infinite.
    """
    if not isinstance(preds, Tensor):
        preds = torch.from_numpy(_plain_memory(_check.score_array(preds, f"{name}: preds")))
    scores: Tensor = preds.detach()
    if scores.dtype == torch.uint64:
        _check.score_array(scores, f"{name}: preds")  # refuses what int64 has no room for
    scores = comparable(scores)
    if scores.dtype == torch.bool:
        scores = scores.view(torch.uint8)
    if scores.numel() == 0:
        return scores, (math.inf, -math.inf)
    if not scores.is_cpu and scores.is_floating_point():
        low, high = (float(end) for end in torch.aminmax(scores))
        if math.isfinite(low) and math.isfinite(high):
            return scores, (low, high)
    array = _check.score_array(scores, f"{name}: preds")
    return scores, _check.finite_range(array, f"{name}: preds")


def comparable(values: Any) -> Any:
    """Tensors of unsigned integers as int64, where torch can compare them; all else as it is."""
    return values.long() if getattr(values, "dtype", None) in _STORED_ONLY else values


def _plain_memory(array: Array) -> Array:
    """An array that torch can look at: torch knows no negative strides, and warns of read-only."""
    return np.require(array, requirements=["C", "W"])


def _read(preds: Any, target: Any, name: str) -> Reading:
    scores, extent = as_scores(preds, name)
    mask = _check.Mask(np.zeros(scores.shape, np.bool_))
    if target is not None:
        mask = _labels(target, name)
    labels = mask.anomalous
    shape, wanted = _plain(tuple(scores.shape)), _plain(labels.shape)
    if len(shape) != len(wanted) and np.prod(shape) == np.prod(wanted) and 1 in shape + wanted:
        shape, wanted = _joint(shape, wanted)
    if shape != wanted or len(shape) > 3:
        raise InputError(
            f"{name}: found preds of shape {tuple(scores.shape)} and target of shape "
            f"{labels.shape}; expected one shape: (N,), (H, W), (N, H, W) or (N, 1, H, W)"
        )
    maps = None
    if len(shape) > 1:
        maps = (int(np.prod(shape[:-2])), shape[-2], shape[-1])
    flat = _plain_memory(labels.reshape(-1))
    return Reading(scores.reshape(-1), flat, maps, extent, mask.convention)


def _labels(target: Any, name: str) -> _check.Mask:
    if isinstance(target, Tensor) and target.is_floating_point():
        values: Array = _check.as_array(target, "target")
        binary = np.isin(sortable(values), (0.0, 1.0)).all()
        advice = "these are 0 and 1: pass target.bool()" if binary else "binarise, as target > 0.5"
        raise InputError(
            f"{name}: found target of dtype {target.dtype}; expected bool, 0/1, or 0/255 as "
            f"uint8; {advice}"
        )
    return _check.binary(target, f"{name}: target")


def _plain(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Without an axis of one channel; a single number as a vector of one."""
    if len(shape) == 4 and shape[1] == 1:
        return shape[0], *shape[2:]
    return shape or (1,)


def _joint(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """(N, 1) beside (N,) and (1, H, W) beside (H, W) are the same."""
    plain = [tuple(side for side in shape if side != 1) or (1,) for shape in (one, other)]
    return (plain[0], plain[1]) if plain[0] == plain[1] else (one, other)


def _is_list_of_images(preds: Any) -> bool:
    return isinstance(preds, (list, tuple)) and len(preds) > 0 and np.ndim(preds[0]) >= 2
