"""What may be sorted: anything but float16, which NumPy sorts wrongly on some processors.

On processors with AVX-512 but without its float16 instructions, ``np.sort`` (NumPy 2.0 to 2.4 at
least) returns many equal negative float16 scores out of order; all that sorts inside, like
``np.unique``, fails with it. So every array goes through here before NumPy or torch sorts it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gonogo.types import Array

__all__ = ["sort_in_place", "sortable"]


def sortable(scores: Any) -> Array:
    """Return the array itself; of float16 a copy in float32, which has the same order and ties."""
    array = np.asarray(scores)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def sort_in_place(scores: Array) -> None:
    """Sort an array where it is.

    Raises:
        TypeError: it is float16, which has to be widened by whoever makes the array.
    """
    if scores.dtype == np.float16:
        raise TypeError("float16 must not be sorted: NumPy does it wrongly on some processors")
    scores.sort()
