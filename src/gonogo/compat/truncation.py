"""Masks with fractions, taken as PatchCore takes them: only a whole 1 is anomalous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo._check import as_array
from gonogo.decisions import at_least
from gonogo.errors import InputError, InputWarning, warn
from gonogo.types import Array

__all__ = ["Truncated", "truncated"]


@dataclass(frozen=True)
class Truncated:
    """Masks without fractions, and where the fractions were (None in the place of none)."""

    masks: Any
    fractions: list[NDArray[np.bool_] | None]

    def below(self, maps: Any, threshold: float) -> int:
        """How many scores at the places of fractions are below the threshold."""
        each_map = maps if isinstance(self.masks, list) else [maps]
        count = 0
        for scores, fractions in zip(each_map, self.fractions, strict=True):
            if fractions is not None:
                here = as_array(scores, "map").reshape(-1)[fractions.reshape(-1)]
                count += int(np.count_nonzero(~at_least(here, threshold)))
        return count


def truncated(masks: Any, name: str) -> Truncated:
    """Masks, or a list of them, of which those in floating point hold numbers in [0, 1].

    Whatever is no floating-point mask is handed on as it is. A warning says how many fractions
    count as normal.
    """
    if isinstance(masks, (list, tuple)) and not all(map(_is_number, masks[:1])):
        pairs = [_split(mask, f"{name}[{place}]") for place, mask in enumerate(masks)]
        found = Truncated([mask for mask, _ in pairs], [fractions for _, fractions in pairs])
    else:
        mask, fractions = _split(masks, name)
        found = Truncated(mask, [fractions])
    count = sum(int(np.count_nonzero(part)) for part in found.fractions if part is not None)
    if count:
        warn(
            f"{name}: found {count} values between 0 and 1, as resizing leaves them; they count as "
            "normal. Binarise the masks to decide otherwise, for example masks > 0.5",
            InputWarning,
        )
    return found


def _is_number(value: Any) -> bool:
    return np.isscalar(value) or getattr(value, "ndim", None) == 0


def _split(value: Any, name: str) -> tuple[Array | None, NDArray[np.bool_] | None]:
    if value is None:
        return None, None
    mask = as_array(value, name)
    if mask.dtype.kind != "f":
        return mask, None
    if mask.size and not (mask.min() >= 0.0 and mask.max() <= 1.0):
        raise InputError(
            f"{name}: found values from {mask.min():g} to {mask.max():g}; expected 0 and 1"
        )
    anomalous: NDArray[np.bool_] = mask == 1.0
    fractions: NDArray[np.bool_] = (mask > 0.0) & ~anomalous
    return anomalous, fractions if fractions.any() else None
