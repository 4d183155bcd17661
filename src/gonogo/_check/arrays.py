"""Scores and masks of one image, from whatever the caller has, to NumPy arrays that can be trusted.

Nothing is copied that need not be: scores keep their dtype (they are widened block by block where
they are counted), a 0/1 mask of bytes becomes a boolean view.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.errors import InputError
from gonogo.sorting import sortable
from gonogo.types import Array

__all__ = ["as_array", "finite_range", "mask_array", "plane", "score_array"]

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
    if mask.size == 0:
        return np.zeros(mask.shape, np.bool_)
    if mask.dtype == np.uint8:
        signed = mask.view(np.int8)  # where 255 is -1, so that two passes tell
        ends = int(signed.min()), int(signed.max())
        if ends in {(0, 0), (0, 1), (1, 1)}:
            return mask.view(np.bool_)
        if ends in {(-1, 0), (-1, -1)}:
            anomalous: NDArray[np.bool_] = mask != 0
            return anomalous
    elif mask.dtype.kind in "iu" and int(mask.min()) >= 0 and int(mask.max()) <= 1:
        return mask.view(np.bool_) if mask.dtype.itemsize == 1 else mask.astype(np.bool_)
    raise InputError(
        f"{name}: found {_kind(mask)}{_some_values(mask)}; expected 0/1, or 0/255 as uint8. "
        f"{_advice(mask, name)}"
    )


def _advice(array: Array, name: str) -> str:
    """What to do about masks or labels with other values."""
    if array.dtype.kind not in "iuf":
        return "Give 1 for what is anomalous and 0 for what is normal"
    if np.isin(sortable(array), (0, 1)).all():
        return "These are 0 and 1 already: pass them with .astype(bool)"
    if name.startswith("labels"):
        return "Are scores and labels swapped? Else binarise, for example labels > 0.5"
    swapped = "Are maps and masks swapped? " * (array.dtype.kind == "f")
    return f"{swapped}Soft masks have no regions: binarise first, for example masks > 0.5"


def _kind(array: Array) -> str:
    return f"dtype {array.dtype}" if array.dtype.kind != "O" else "Python objects"


def _some_values(array: Array) -> str:
    if array.dtype.kind not in "biuf" or array.size == 0:
        return ""
    distinct = np.unique(sortable(array))
    shown = ", ".join(f"{value:g}" for value in distinct[:5].tolist())
    more = "" if len(distinct) <= 5 else f", ... ({len(distinct)} distinct)"
    return f" with the values {shown}{more}"
