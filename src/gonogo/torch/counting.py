"""Maps that are tensors, counted on their device: the same integers as for arrays.

Keys are made from the bits of the scores by operations on integers alone, so that a device, or a
setting of torch, that takes subnormal numbers for zero gives the same counts. Only masks are
brought to memory, where their regions are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gonogo import _check
from gonogo.errors import InputError, MissingExtra
from gonogo.grid import KEY_BITS
from gonogo.regions import pixel_areas
from gonogo.states.fixed_grid import FIXED_BITS, FixedGrid, fixed_bins
from gonogo.states.spanned_grid import Span
from gonogo.states.weights import limbs
from gonogo.types import Connectivity

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["BatchCounts", "add_anomalous", "add_ends", "add_every", "count_maps", "keys_of"]

_MAGNITUDE = 2**63 - 1
_SIGN = -(2**63)
_MANTISSA, _BIAS = 52, 1023
_FORMS = {"float16": (16, 10, 15), "bfloat16": (16, 7, 127), "float32": (32, 23, 127)}
"""Bits of the type, bits of its mantissa, and the bias of its exponent."""


@dataclass(frozen=True, eq=False)
class BatchCounts:
    """What is counted of a batch of images, on the device of the maps.

    ``grid`` is the int64 tensor (4, 2 ** bits) of a :class:`~gonogo.states.FixedGrid`: grids of
    batches, of processes and of devices are merged by adding them. ``highest`` (N,) is the largest
    score of each map in float64, ``anomalous`` (N,) the number of anomalous pixels.
    """

    grid: Tensor
    highest: Tensor
    anomalous: Tensor

    def fixed(self) -> FixedGrid:
        """The grid in memory, to derive metrics from."""
        return FixedGrid(self.grid.cpu().numpy())


def count_maps(
    maps: Tensor,
    masks: Tensor | None = None,
    *,
    bits: int = FIXED_BITS,
    connectivity: Connectivity = 8,
) -> BatchCounts:
    """Count maps (H, W), (N, H, W) or (N, 1, H, W) with masks of the same shape.

    ``masks`` are bool, 0/1 or uint8 0/255; None = all normal. Integers, order and batches agree:
    counting images one by one and adding the grids gives the same.

    Raises:
        InputError: maps are not finite real tensors, or masks are not masks of their shape.
        MissingExtra: torch is not installed.
    """
    torch = _torch()
    bins = fixed_bins(bits)
    maps = _batch(torch, maps)
    mask = _masks(masks, tuple(maps.shape))
    keys = keys_of(maps)
    grid = torch.zeros((4, bins), dtype=torch.int64, device=maps.device)
    span = Span(bits, -bins // 2, floor=0)
    add_every(grid, keys, span)
    if mask.any():
        of_anomalous = keys[torch.from_numpy(mask).to(maps.device)]
        areas = torch.from_numpy(_region_areas(mask, connectivity))
        add_anomalous(grid, of_anomalous, areas, span)
    return BatchCounts(
        grid,
        _scores_of(torch, keys.flatten(1).amax(1)),
        torch.from_numpy(mask.sum(axis=(1, 2), dtype=np.int64)).to(maps.device),
    )


def add_every(grid: Tensor, keys: Tensor, span: Span) -> None:
    """Count keys of scores on a grid (4, bins), of which this is the span, in place."""
    grid[0] += _torch().bincount(_places(keys, span), minlength=grid.shape[1])


def add_anomalous(grid: Tensor, keys: Tensor, areas: Tensor | None, span: Span) -> None:
    """Count keys of anomalous scores that are counted already; without areas, of no region."""
    torch = _torch()
    place = _places(keys, span)
    grid[1] += torch.bincount(place, minlength=grid.shape[1])
    if areas is None:
        return
    for row, weights in zip((2, 3), limbs(areas.cpu().numpy()), strict=True):
        grid[row].scatter_add_(0, place, torch.from_numpy(weights).to(grid.device))


def add_ends(ends: Tensor, keys: Tensor, span: Span) -> None:
    """Take keys in among the lowest and the highest (2, bins) of a grid, in place."""
    place, flat = _places(keys, span), keys.flatten()
    ends[0].scatter_reduce_(0, place, flat, "amin")
    ends[1].scatter_reduce_(0, place, flat, "amax")


def _places(keys: Tensor, span: Span) -> Tensor:
    folded = keys.flatten()
    if span.floor:
        folded = (folded.abs() - span.floor).clamp_(min=0) * folded.sign()
    place = folded >> (KEY_BITS - span.bits)
    place -= span.first
    return place


def keys_of(scores: Tensor) -> Tensor:
    """Keys of finite scores of any floating dtype: those of :func:`gonogo.grid.keys_of`."""
    torch = _torch()
    name = str(scores.dtype).removeprefix("torch.")
    if name == "float64":
        bits = scores.view(torch.int64)
        magnitude = bits & _MAGNITUDE
    else:
        size, mantissa, bias = _FORMS[name]
        bits = scores.view(torch.int16 if size == 16 else torch.int32).long()
        magnitude = _widened(torch, bits & ((1 << (size - 1)) - 1), mantissa, bias)
    return torch.where(bits < 0, -magnitude, magnitude)


def _widened(torch: ModuleType, magnitude: Tensor, mantissa: int, bias: int) -> Tensor:
    """Bits of a narrower float without its sign, as the bits of the same float64.

    A subnormal number is a whole number of the smallest one. That whole number is a normal float32,
    whose bits hold where its first bit is; its exponent is then moved.
    """
    wide = magnitude << (_MANTISSA - mantissa)
    wide += (_BIAS - bias) << _MANTISSA
    small = magnitude < 1 << mantissa
    if bool(small.any()):
        number = magnitude[small]
        _, steps, middle = _FORMS["float32"]
        moved = _BIAS - middle + 1 - bias - mantissa
        whole = number.to(torch.float32).view(torch.int32).long()
        wide[small] = ((whole << (_MANTISSA - steps)) + (moved << _MANTISSA)) * (number > 0)
    return wide


def _scores_of(torch: ModuleType, keys: Tensor) -> Tensor:
    """The scores that have these keys, in float64."""
    return torch.where(keys < 0, -keys | _SIGN, keys).view(torch.float64)


def _batch(torch: ModuleType, maps: Tensor) -> Tensor:
    """Maps as (N, H, W) of a floating dtype, finite."""
    if not isinstance(maps, torch.Tensor):
        raise InputError(
            f"maps: found {type(maps).__name__}; expected a tensor, or use gonogo.State for arrays"
        )
    maps = maps.detach()
    if maps.ndim == 4 and maps.shape[1] == 1:
        maps = maps[:, 0]
    if maps.ndim == 2:
        maps = maps[None]
    if maps.ndim != 3 or maps.numel() == 0:
        raise InputError(
            f"maps: found shape {tuple(maps.shape)}; expected (H, W), (N, H, W) or (N, 1, H, W)"
        )
    if not maps.is_floating_point():
        _check.score_array(maps, "maps")
        return maps.to(torch.float64)
    if not bool(torch.isfinite(maps).all()):
        _check.finite_range(_check.score_array(maps, "maps"), "maps")
    return maps


def _masks(masks: Tensor | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Masks in memory, in the shape of the maps."""
    if masks is None:
        return np.zeros(shape, np.bool_)
    mask = _check.mask_array(masks, "masks")
    found = mask.shape
    if mask.ndim == 4 and found[1] == 1:
        mask = mask[:, 0]
    if mask.ndim == 2:
        mask = mask[None]
    if mask.shape != shape:
        raise InputError(f"masks: found shape {found} for {shape[0]} maps of {shape[1:]}")
    return mask


def _region_areas(masks: NDArray[np.bool_], connectivity: Connectivity) -> NDArray[np.int64]:
    """The area of the region of each anomalous pixel of masks (N, H, W), in their order."""
    return np.concatenate([pixel_areas(mask, connectivity)[0] for mask in masks])


def _torch() -> ModuleType:
    try:
        return import_module("torch")
    except ImportError as error:
        raise MissingExtra.of("torch", needs="gonogo.torch needs torch") from error
