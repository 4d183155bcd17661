"""Scores and masks of one image, from whatever the caller has, to NumPy arrays that can be trusted.

Nothing is copied that need not be: scores keep their dtype (they are widened block by block where
they are counted), a 0/1 mask of bytes becomes a boolean view.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["as_array", "finite_range", "mask_array", "score_array"]

_LARGEST_EXACT_INTEGER = 2**53


def as_array(value: Any, name: str) -> Array:
    """NumPy view of an array, a tensor on any device, or a nested list; torch is never imported."""
    if isinstance(value, np.ndarray):
        array = np.asarray(value)
    elif hasattr(value, "detach"):
        tensor = value.detach().cpu()
        array = np.asarray(tensor.float() if "bfloat16" in str(tensor.dtype) else tensor)
    else:
        try:
            array = np.asarray(_plain(value))
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{name}: found rows of different length or values that are not numbers ({error}); "
                "expected a regular array of numbers"
            ) from None
    if array.dtype.isnative:
        return array
    return array.astype(array.dtype.newbyteorder("="))


def _plain(value: Any) -> Any:
    """A list whose tensors, at any depth, are arrays that NumPy can stack."""
    if isinstance(value, (list, tuple)) and any(hasattr(item, "detach") for item in value):
        return [as_array(item, "item") for item in value]
    return value


def score_array(value: Any, name: str) -> Array:
    """Scores of any real dtype, order untouched; integers that float64 cannot hold are refused."""
    scores = as_array(value, name)
    kind, size = scores.dtype.kind, scores.dtype.itemsize
    if kind not in "biuf" or (kind == "f" and size > 8):
        raise InputError(
            f"{name}: found {_kind(scores)}; "
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


def mask_array(value: Any, name: str) -> NDArray[np.bool_]:
    """True where anomalous, from bool, integers in {0, 1}, or uint8 in {0, 255}."""
    mask = as_array(value, name)
    if mask.dtype == np.bool_:
        return mask
    if mask.dtype.kind not in "iu":
        raise InputError(
            f"{name}: found {_kind(mask)}{_some_values(mask)}; expected bool, 0/1 or 0/255. "
            "Soft masks have no regions: binarise first, for example masks > 0.5"
        )
    if mask.size == 0:
        return mask.astype(np.bool_)
    low, high = int(mask.min()), int(mask.max())
    if low == 0 or low == high:
        if high <= 1 and low >= 0:
            return mask.view(np.bool_) if mask.dtype.itemsize == 1 else mask.astype(np.bool_)
        if high == 255 and mask.dtype == np.uint8:
            anomalous: NDArray[np.bool_] = mask != 0
            if np.count_nonzero(anomalous) == np.count_nonzero(mask == 255):
                return anomalous
    elif low == 1 and high == 1:
        return mask.astype(np.bool_)
    raise InputError(
        f"{name}: found {_kind(mask)}{_some_values(mask)}; expected 0/1, or 0/255 as uint8. "
        "Soft masks have no regions: binarise first, for example masks > 0.5"
    )


def _kind(array: Array) -> str:
    return f"dtype {array.dtype}" if array.dtype.kind != "O" else "Python objects"


def _some_values(array: Array) -> str:
    if array.dtype.kind not in "biuf" or array.size == 0:
        return ""
    distinct = np.unique(array)
    shown = ", ".join(f"{value:g}" for value in distinct[:5].tolist())
    more = "" if len(distinct) <= 5 else f", ... ({len(distinct)} distinct)"
    return f" with the values {shown}{more}"
