"""Ground truth as booleans: which pixels are anomalous, and which belong to neither class.

Values are 0/1, or 0/255 as uint8, and one data set has one of the two conventions: in a mixture a
255 may be a defect as well as a pixel to ignore. Any other value needs an explicit rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gonogo._check.arrays import as_array, kind_of, plane
from gonogo._check.numbers import plain_number
from gonogo.errors import InputError
from gonogo.sorting import sortable
from gonogo.types import Array, Settings

__all__ = [
    "Convention",
    "Mask",
    "MaskRule",
    "binary",
    "ignored_pixels",
    "image_mask",
    "mask_array",
    "mask_rule",
    "refuse_mixed",
]

Convention = Literal["0/1", "0/255"]

_WHAT_255_IS = "Say what 255 is: ignore_value=255, or mask_values='nonzero' if it is anomalous"


@dataclass(frozen=True, eq=False)
class Mask:
    """Where an image is anomalous, and where it is ignored; None where nowhere.

    No pixel is both. ``convention`` is None where a mask does not show it: all zero, boolean, or
    read by an explicit rule.
    """

    anomalous: NDArray[np.bool_]
    ignored: NDArray[np.bool_] | None = None
    convention: Convention | None = None


@dataclass(frozen=True)
class MaskRule:
    """Which values of a mask are anomalous: those above a limit, or those listed."""

    text: str
    sign: Literal[">", ">=", "nonzero", "in"]
    values: tuple[float, ...] = ()

    def anomalous(self, array: Array) -> NDArray[np.bool_]:
        """Where the values of a real array are anomalous."""
        if self.sign == "nonzero":
            return np.asarray(array != 0)
        if self.sign == "in":
            return np.isin(sortable(array), self.values)
        limit = self.values[0]
        return np.asarray(array > limit if self.sign == ">" else array >= limit)


@lru_cache(maxsize=64)
def mask_rule(text: str) -> MaskRule | None:
    """The rule that a text such as ``nonzero``, ``>127`` or ``1,3`` spells; None for no rule."""
    spelled = text.strip()
    if spelled.lower() == "nonzero":
        return MaskRule("nonzero", "nonzero")
    if spelled.startswith(">"):
        sign: Literal[">", ">="] = ">=" if spelled.startswith(">=") else ">"
        limits = _numbers(spelled.removeprefix(sign))
        if limits is None or len(limits) > 1:
            return None
        return MaskRule(f"{sign}{limits[0]:.17g}", sign, limits)
    values = _numbers(spelled)
    if values is None:
        return None
    values = tuple(sorted(set(values)))
    return MaskRule(",".join(f"{value:.17g}" for value in values), "in", values)


def _numbers(text: str) -> tuple[float, ...] | None:
    """The numbers between commas, all finite; None where there is anything else."""
    found = [plain_number(part.strip()) for part in text.split(",")]
    numbers = tuple(number + 0.0 for number in found if number is not None)  # -0.0 is 0.0
    return numbers if len(numbers) == len(found) else None


def mask_array(value: Any, name: str) -> NDArray[np.bool_]:
    """True where anomalous, from bool, integers in {0, 1}, or uint8 in {0, 255}."""
    return binary(value, name).anomalous


def binary(value: Any, name: str) -> Mask:
    """Labels or masks of any shape, from bool, integers in {0, 1}, or uint8 in {0, 255}."""
    return _binary(as_array(value, name), name, ruled=False)


def image_mask(value: Any, name: str, settings: Settings) -> Mask:
    """The mask of one image, (H, W), by the values and the rule of the settings."""
    array = plane(as_array(value, name), name)
    ignored = ignored_pixels(array, settings)
    if settings.mask_values is not None:
        anomalous = _by_rule(array, name, settings.mask_values)
        return Mask(anomalous if ignored is None else anomalous & ~ignored, ignored)
    if ignored is None:
        return _binary(array, name, ruled=True)
    rest = _binary(np.where(ignored, array.dtype.type(0), array), name, ruled=True)
    return Mask(rest.anomalous, ignored, rest.convention)


def ignored_pixels(array: Array, settings: Settings) -> NDArray[np.bool_] | None:
    """Where a mask has the value to ignore; None where nowhere. A boolean mask never has it."""
    if settings.ignore_value is None or array.dtype.kind not in "iuf":
        return None
    ignored = np.asarray(array == settings.ignore_value)
    return ignored if ignored.any() else None


def refuse_mixed(
    masks: Iterable[tuple[str, Convention | None]], argument: str = "masks", advice: str = ""
) -> None:
    """Refuse named masks of both conventions, and name the first of each."""
    first: dict[Convention, str] = {}
    for name, convention in masks:
        if convention is not None:
            first.setdefault(convention, name)
    if len(first) < 2:
        return
    raise InputError(
        f"{argument}: found the values 0/1 in {first['0/1']} and 0/255 in {first['0/255']}; "
        "expected one convention in all of them, because among 0/1 a 255 may be a pixel to ignore. "
        f"{advice or _WHAT_255_IS}"
    )


def _by_rule(array: Array, name: str, text: str) -> NDArray[np.bool_]:
    rule = mask_rule(text)
    if rule is None:
        raise ValueError(text)  # settings are checked
    if array.dtype == np.bool_:
        return _bits_by_rule(array, name, rule)
    if array.dtype.kind not in "iuf":
        raise InputError(f"{name}: found {kind_of(array)}; expected real numbers, or booleans")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"{name}: found values that are NaN or infinite; expected finite numbers")
    return rule.anomalous(array)


def _bits_by_rule(array: Array, name: str, rule: MaskRule) -> NDArray[np.bool_]:
    """A set bit is a 1 as well as the white of other files, so the rule has to agree on both."""
    normal, *anomalous = rule.anomalous(np.array([0, 1, 255])).tolist()
    if anomalous[0] != anomalous[1]:
        raise InputError(
            f"{name}: found two values alone, as of one bit per pixel, and the rule {rule.text} "
            "does not say whether the higher one (1, or the white 255 of other files) is "
            "anomalous; write it as the others, or choose a rule that says it, for example "
            "mask_values='nonzero'"
        )
    return np.asarray(np.where(array, anomalous[0], normal), np.bool_)


def _binary(mask: Array, name: str, *, ruled: bool) -> Mask:
    """``ruled``: whether the caller can be given a rule for other values."""
    if mask.dtype == np.bool_:
        return Mask(mask)
    if mask.size == 0:
        return Mask(np.zeros(mask.shape, np.bool_))
    if mask.dtype == np.uint8:
        signed = mask.view(np.int8)  # where 255 is -1, so that two passes tell
        ends = int(signed.min()), int(signed.max())
        if ends in {(0, 0), (0, 1), (1, 1)}:
            return Mask(mask.view(np.bool_), None, "0/1" if ends[1] else None)
        if ends in {(-1, 0), (-1, -1)}:
            return Mask(mask != 0, None, "0/255")
    elif mask.dtype.kind in "iu" and int(mask.min()) >= 0 and int(mask.max()) <= 1:
        anomalous = mask.view(np.bool_) if mask.dtype.itemsize == 1 else mask.astype(np.bool_)
        return Mask(anomalous, None, "0/1" if int(mask.max()) else None)
    raise InputError(
        f"{name}: found {kind_of(mask)}{_some_values(mask)}; expected 0/1, or 0/255 as uint8. "
        f"{_advice(mask, name, ruled=ruled)}"
    )


def _advice(array: Array, name: str, *, ruled: bool) -> str:
    """What to do about masks or labels with other values."""
    if array.dtype.kind not in "iuf":
        return "Give 1 for what is anomalous and 0 for what is normal"
    if np.isin(sortable(array), (0, 1)).all():
        rule = "read them with mask_values='nonzero'" if ruled else "pass them with .astype(bool)"
        return f"These are 0 and 1 already: {rule}"
    usual = _usual_rule(array)
    if ruled and np.isin(sortable(array), (0, 1, 255)).all():
        return _WHAT_255_IS
    if ruled:
        swapped = "Are maps and masks swapped? Else say" if array.dtype.kind == "f" else "Say"
        rule = "nonzero" if usual == "!= 0" else usual.replace(" ", "")
        return (
            f"{swapped} which values are anomalous, for example mask_values='{rule}', and where a "
            "value marks pixels that are not to count, for example ignore_value=255"
        )
    if np.isin(sortable(array), (0, 1, 255)).all():
        return f"Leave out the 255 if they are to be ignored, else binarise: {name} != 0"
    if name.startswith("labels"):
        return f"Are scores and labels swapped? Else binarise, for example labels {usual}"
    swapped = "Are maps and masks swapped? " * (array.dtype.kind == "f")
    return f"{swapped}Soft masks have no regions: binarise first, for example masks {usual}"


def _usual_rule(array: Array) -> str:
    """What usually tells anomalous from normal where there are such values."""
    if np.isin(sortable(array), (-1, 1)).all():
        return "> 0"
    if float(array.max()) > 127.0:
        return "> 127"
    return "> 0.5" if array.dtype.kind == "f" else "!= 0"


def _some_values(array: Array) -> str:
    if array.dtype.kind not in "biuf" or array.size == 0:
        return ""
    distinct = np.unique(sortable(array))
    shown = ", ".join(f"{value:g}" for value in distinct[:5].tolist())
    more = "" if len(distinct) <= 5 else f", ... ({len(distinct)} distinct)"
    return f" with the values {shown}{more}"
