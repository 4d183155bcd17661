"""Scores as integers that grow with them, sorted, and the runs of equal ones.

What every count begins with. The loops take integers alone, so that one machine code serves every
range, both signs and every dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.kernels.compiled import compiled

__all__ = ["fill_offsets", "find_runs", "list_runs", "radix_sort", "radix_sort_floats"]

_DIGIT_BITS = 11
"""The counters of 2048 digits fit into the smallest cache, beside the ends of what they count."""


@compiled
def fill_offsets(
    bits: NDArray[Any],
    form: tuple[int, int, int],
    drop: int,
    first: int,
    offsets: NDArray[Any],
) -> bool:
    """Put how far the bin of each finite float lies above the first one.

    ``bits`` are those of the floats, as signed integers. ``form`` is a mask of their magnitude, the
    smallest magnitude that is a normal number, and what makes a magnitude one of float64 but for
    trailing zeros; the bin is that without ``drop`` bits, see :mod:`gonogo.grid`. Returns whether
    there are numbers below the normal ones, whose bins are wrong: float64 spaces them differently.
    """
    mask, normal, raised = form
    last = bits.itemsize * 8 - 1
    below = np.int64(0)
    for k in range(bits.size):
        magnitude = np.int64(bits[k]) & mask
        sign = np.int64(bits[k] >> last)
        wide = magnitude + raised if magnitude > 0 else np.int64(0)
        below += np.int64((magnitude > 0) & (magnitude < normal))
        offsets[k] = (((wide ^ sign) - sign) >> drop) - first
    return bool(below > 0)


@compiled
def _count_digits(values: NDArray[Any], shift: int, counts: NDArray[np.uint32]) -> None:
    counts[:] = 0
    mask, by = np.uint64(counts.size - 1), np.uint64(shift)
    for k in range(values.size):
        counts[(np.uint64(values[k]) >> by) & mask] += np.uint32(1)


@compiled
def _move(
    values: NDArray[Any], shift: int, begins: NDArray[np.uint32], moved: NDArray[Any]
) -> None:
    """Move values to where those of their digit begin; each beginning moves on to the next."""
    mask, by = np.uint64(begins.size - 1), np.uint64(shift)
    for k in range(values.size):
        value = values[k]
        digit = (np.uint64(value) >> by) & mask
        place = begins[digit]
        moved[place] = value
        begins[digit] = place + np.uint32(1)


@compiled
def radix_sort(values: NDArray[Any], room: NDArray[Any], bits: int) -> NDArray[Any]:
    """Sort up to 2**32 unsigned integers below ``2**bits``; returns one of the two arrays.

    Digit by digit from the last, each pass stable. What all values share is not sorted by.
    """
    passes = max((bits + _DIGIT_BITS - 1) // _DIGIT_BITS, 1)
    width = (bits + passes - 1) // passes
    counts = np.empty(1 << width, np.uint32)
    source, target = values, room
    for step in range(passes):
        shift = step * width
        _count_digits(source, shift, counts)
        begin, most = np.uint32(0), np.uint32(0)
        for digit in range(counts.size):
            size = counts[digit]
            counts[digit] = begin
            begin += size
            most = max(most, size)
        if most < source.size:
            _move(source, shift, counts, target)
            source, target = target, source
    return source


@compiled
def radix_sort_floats(bits: NDArray[Any], room: NDArray[Any]) -> None:
    """Sort floats, given by their bits as unsigned integers, where they are.

    All bits of a negative float are turned, of others the first: integers in the order of floats.
    """
    width = bits.itemsize * 8
    one = bits.dtype.type(1)
    top = one << bits.dtype.type(width - 1)
    for k in range(bits.size):
        bits[k] ^= (~(bits[k] >> bits.dtype.type(width - 1)) + one) | top
    rising = radix_sort(bits, room, width)
    for k in range(bits.size):
        bits[k] = rising[k] ^ (((rising[k] >> bits.dtype.type(width - 1)) - one) | top)


@compiled
def find_runs(rising: NDArray[Any], begins: NDArray[np.uint32]) -> int:
    """List where runs of equal values begin, and where the last one ends; how many there are."""
    runs = min(rising.size, 1)
    begins[0] = 0
    for k in range(1, rising.size):
        # Written at every step, and kept where a run begins: a branch would often be missed.
        begins[runs] = k
        runs += rising[k] != rising[k - 1]
    begins[runs] = rising.size
    return runs


@compiled
def list_runs(
    rising: NDArray[Any],
    begins: NDArray[np.uint32],
    first: int,
    up: int,
    bins: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """List the bins of runs of offsets, and how many offsets each has.

    An offset is that of the bin ``first + offset``, and bins end in ``up`` zeros.
    """
    for run in range(bins.size):
        begin = begins[run]
        bins[run] = (first + np.int64(rising[begin])) << up
        counts[run] = np.int64(begins[run + 1]) - np.int64(begin)
