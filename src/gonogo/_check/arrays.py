"""Scores, from whatever the caller has, to NumPy arrays that can be trusted.

Nothing is copied that need not be: scores keep their dtype (they are widened block by block where
they are counted).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["as_array", "finite_range", "kind_of", "plane", "score_array"]

_LARGEST_EXACT_INTEGER = 2**53


def as_array(value: Any, name: str) -> Array:
    """NumPy view of an array, a tensor on any device, or nested lists of what becomes one."""
    try:
        array = np.asarray(_plain(value))
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{name}: found {type(value).__name__}, not a regular array of numbers ({reason}); "
            "expected numbers in rows of equal length, or a dense tensor"
        ) from None
    if array.dtype.isnative:
        return array
    return array.astype(array.dtype.newbyteorder("="))


def _plain(value: Any) -> Any:
    """The same with an array for every tensor, at any depth; torch is never imported."""
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError("no value can be left out: fill it, for example array.filled(0)")
    if isinstance(value, (list, tuple)):
        numbers = len(value) > 0 and isinstance(value[0], (int, float))
        return value if numbers else [_plain(item) for item in value]
    if hasattr(value, "detach"):
        tensor = value.detach().cpu()
        return np.asarray(tensor.float() if "bfloat16" in str(tensor.dtype) else tensor)
    return value


def plane(array: Array, name: str) -> Array:
    """One image as (H, W), from that or with one channel, (1, H, W) or (H, W, 1)."""
    if array.ndim == 3 and 1 in (array.shape[0], array.shape[2]):
        array = array[0] if array.shape[0] == 1 else array[..., 0]
    if array.ndim != 2 or array.size == 0:
        raise InputError(
            f"{name}: found shape {array.shape}; expected (H, W), or one channel of it"
            + ("; reduce the channels to one score a pixel" if array.ndim == 3 else "")
        )
    return array


def score_array(value: Any, name: str) -> Array:
    """Scores of any real dtype, order untouched; integers that float64 cannot hold are refused."""
    scores = as_array(value, name)
    kind, size = scores.dtype.kind, scores.dtype.itemsize
    if kind not in "biuf" or (kind == "f" and size > 8):
        raise InputError(
            f"{name}: found {kind_of(scores)}; "
            "expected real numbers as float16, float32, float64 or integers"
        )
    if kind in "iu" and size > 4 and scores.size:
        low, high = int(scores.min()), int(scores.max())
        if max(-low, high) > _LARGEST_EXACT_INTEGER:
            raise InputError(
                f"{name}: found the integers {low} to {high}, beyond the 2**53 that float64 keeps "
                "apart; divide them or pass floats"
            )
    return scores


def finite_range(scores: Array, name: str) -> tuple[float, float]:
    """Smallest and largest score; NaN and infinities are refused with their number and place."""
    if scores.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            low, high = scores.min(), scores.max()
        if not (np.isfinite(low) and np.isfinite(high)):
            _refuse_not_finite(scores, name)
        return float(low), float(high)
    return float(scores.min()), float(scores.max())


def _refuse_not_finite(scores: Array, name: str) -> None:
    bad = ~np.isfinite(scores)
    first = tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), bad.shape))
    place = first[0] if len(first) == 1 else first
    raise InputError(
        f"{name}: found {np.count_nonzero(bad)} value(s) that are NaN or infinite, "
        f"the first ({scores[first]}) at {place}; mend the model or replace them before scoring, "
        "for example numpy.nan_to_num(map, nan=0.0, posinf=largest, neginf=smallest)"
    )


def kind_of(array: Array) -> str:
    """What messages call the type of an array."""
    return f"dtype {array.dtype}" if array.dtype.kind != "O" else "Python objects"
