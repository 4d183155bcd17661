"""Sorting: by NumPy where it is fast, by our own radix sort elsewhere; never of float16.

NumPy's sort takes 4 to 7 ns per float32 where it is vectorised, and ten times as long on other
processors; the radix sort takes as long on all of them, whatever the range of the scores. Which of
the two sorts is tried once per process. Both give the same order, so no result depends on it.

On processors with AVX-512 but without its float16 instructions, ``np.sort`` (NumPy 2.0 to 2.4 at
least) returns many equal negative float16 scores out of order; all that sorts inside, like
``np.unique``, fails with it. So every array goes through here before NumPy or torch sorts it.
"""

from __future__ import annotations

from functools import cache
from time import perf_counter
from typing import Any

import numpy as np

from gonogo.types import Array

__all__ = ["Room", "numpy_is_fast", "sort_in_place", "sort_unsigned", "sortable"]

_TRIED = 1 << 15
"""Scores that are sorted to see which way is faster: a millisecond in all."""
_FEW = 1 << 12
"""Of fewer scores, loading compiled code would take longer than sorting them."""
_UNSIGNED: dict[Any, Any] = {
    np.dtype(np.float32): np.uint32,
    np.dtype(np.float64): np.uint64,
    np.dtype(np.int64): np.uint64,
}
"""What the radix sort takes for these."""


def sortable(scores: Any) -> Array:
    """Return the array itself; of float16 a copy in float32, which has the same order and ties."""
    array = np.asarray(scores)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def sort_in_place(scores: Array) -> None:
    """Sort an array without NaN where it is.

    Raises:
        TypeError: it is float16, which has to be widened by whoever makes the array.
    """
    if scores.dtype == np.float16:
        raise TypeError("float16 must not be sorted: NumPy does it wrongly on some processors")
    unsigned = _UNSIGNED.get(scores.dtype)
    if unsigned is None or scores.size < _FEW or numpy_is_fast():
        scores.sort()
        return
    from gonogo.kernels.runs import radix_sort, radix_sort_floats  # numba loads late

    bits = scores.view(unsigned)
    if scores.dtype.kind == "f":
        radix_sort_floats(bits, np.empty_like(bits))
        return
    low, high = scores.min(), int(scores.max())
    bits -= low.view(unsigned)
    rising = radix_sort(bits, np.empty_like(bits), (high - int(low)).bit_length())
    np.add(rising, low.view(unsigned), out=bits)


class Room:
    """Arrays to work in that are used again and again: fresh memory costs as much as sorting."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}

    def array(self, name: str, size: int, dtype: Any) -> Array:
        """Return an array of this size, with what the last user of the name left in it."""
        array = self._arrays.get(name)
        if array is None or array.size < size or array.dtype != dtype:
            array = self._arrays[name] = np.empty(size, dtype)
        return array[:size]


def sort_unsigned(values: Array, bits: int, room: Room) -> Array:
    """Sort unsigned integers below ``2**bits``; they are spent, and returned or another array."""
    if values.size < _FEW or numpy_is_fast():
        values.sort()
        return values
    from gonogo.kernels.runs import radix_sort  # numba loads late

    rising: Array = radix_sort(values, room.array("sorted", values.size, values.dtype), bits)
    return rising


@cache
def numpy_is_fast() -> bool:
    """Return whether NumPy sorts no slower than a radix sort on this processor."""
    from gonogo.kernels.runs import radix_sort_floats  # numba loads late

    scores = np.random.default_rng(0).random(_TRIED, np.float32)
    room = np.empty(_TRIED, np.uint32)
    radix, library = [], []
    for _ in range(4):  # the first loads code; a busy moment may spoil another
        copies = scores.copy(), scores.copy()
        start = perf_counter()
        radix_sort_floats(copies[0].view(np.uint32), room)
        middle = perf_counter()
        copies[1].sort()
        radix.append(middle - start)
        library.append(perf_counter() - middle)
    return min(library) <= min(radix)
