"""Options of an evaluation: ranges and spellings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import partial
from reprlib import repr as shortened
from typing import Any, get_args

import numpy as np

from gonogo._check.masks import mask_rule
from gonogo._check.numbers import plain_number
from gonogo.errors import InputError, InputWarning, warn
from gonogo.types import Mode, Resize, Settings

__all__ = ["finite_number", "fraction", "number", "settings"]

_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]i?)?b?\s*", re.IGNORECASE)
_UNITS = {"": 1} | {
    unit + i: base**power
    for power, unit in enumerate("kmgt", start=1)
    for i, base in (("", 1000), ("i", 1024))
}
_SMALLEST_BUDGET = 1 << 20
_INFINITE = re.compile(r"\s*[+-]?inf(?:inity)?\s*", re.IGNORECASE)
_TOP = re.compile(r"top-[1-9][0-9]{0,17}")


def settings(*, tell: bool = False, **options: Any) -> Settings:
    """``Settings`` from keyword options, each checked and brought to plain Python numbers.

    ``tell``: warn of an option that has no use beside the others.
    """
    found = Settings(**{name: _OPTIONS[name](value, name) for name, value in options.items()})
    if tell and found.mode == "exact" and found.budget is not None:
        warn(
            f"budget: found {options['budget']!r} in mode exact, which has no use for it; choose "
            "mode auto or certified to limit the memory, or leave it out",
            InputWarning,
        )
    return found


def fraction(value: Any, name: str, *, zero: bool = False) -> float:
    """A number in (0, 1], or in [0, 1] where zero makes sense."""
    found = number(value, name)
    if not (found > 0.0 or (zero and found == 0.0)) or found > 1.0:
        interval = "[0, 1]" if zero else "(0, 1]"
        raise InputError(f"{name}: found {value!r}; expected a number in {interval}")
    return found


def _fractions(values: Any, name: str, *, zero: bool = False) -> tuple[float, ...]:
    numbers = (fraction(value, name, zero=zero) for value in _each(values))
    return tuple(dict.fromkeys(numbers))


def _numbers(values: Any, name: str) -> tuple[float, ...]:
    numbers = (number(value, name) for value in _each(values))
    return tuple(dict.fromkeys(numbers))


def number(value: Any, name: str) -> float:
    """A number; an infinite one is a threshold that flags nothing, or everything."""
    found = _float(value)
    if math.isnan(found):
        raise InputError(f"{name}: found {shortened(value)}; expected a number")
    return found


def finite_number(value: Any, name: str) -> float:
    """A finite number."""
    found = _float(value)
    if not math.isfinite(found):
        raise InputError(f"{name}: found {shortened(value)}; expected a finite number")
    return found


def _float(value: Any) -> float:
    """The number, or nan for what is none; of a text, of plain digits or ``inf``."""
    if isinstance(value, str) and not _INFINITE.fullmatch(value):
        found = plain_number(value)
        return math.nan if found is None else found
    try:
        return math.nan if isinstance(value, (bool, np.bool_)) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _each(values: Any) -> Iterable[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        return (values,)
    return (values,) if getattr(values, "ndim", 1) == 0 else values


def _connectivity(value: Any, name: str) -> Any:
    if not isinstance(value, (int, np.integer)) or value not in (4, 8):
        raise InputError(f"{name}: found {value!r}; expected 4 or 8")
    return int(value)


def _image_score(value: Any, name: str) -> str:
    if not (isinstance(value, str) and (value == "max" or _TOP.fullmatch(value))):
        raise InputError(
            f"{name}: found {shortened(value)}; expected 'max' or 'top-<k>' (the mean of the k "
            "largest scores of the map), or scores of your own: an array, or a CSV file of them"
        )
    return str(value)


def _resize(value: Any, name: str) -> Any:
    if value is not None and not (isinstance(value, str) and value in get_args(Resize)):
        raise InputError(
            f"{name}: found {value!r}; expected None or one of {', '.join(get_args(Resize))}"
        )
    return value


def _mode(value: Any, name: str) -> Any:
    if value not in get_args(Mode):
        raise InputError(f"{name}: found {value!r}; expected one of {', '.join(get_args(Mode))}")
    return value


def _budget(value: Any, name: str) -> int | None:
    """Bytes, from a number or from text such as ``"64MiB"`` or ``"1.5 GB"``."""
    if value is None:
        return None
    match = _SIZE.fullmatch(str(value))
    size = int(float(match[1]) * _UNITS[(match[2] or "").lower()]) if match else 0
    if isinstance(value, bool) or size < _SMALLEST_BUDGET:
        raise InputError(
            f"{name}: found {value!r}; expected at least 1MiB, as bytes or as text like '64MiB' or "
            "'1.5GB', in kB, MB, GB, TB or KiB, MiB, GiB, TiB"
        )
    return size


def _mask_values(value: Any, name: str) -> str | None:
    """The rule in its usual spelling, from that, a number or several."""
    if value is None:
        return None
    text = value if isinstance(value, str) else ",".join(str(one) for one in _each(value))
    rule = mask_rule(text)
    if rule is None:
        raise InputError(
            f"{name}: found {shortened(value)}; expected nonzero, a limit as in '>127' or '>=1', "
            "or the anomalous values themselves as in '1,3'"
        )
    return rule.text


def _ignore_value(value: Any, name: str) -> float | None:
    if value is None:
        return None
    found = finite_number(value, name)
    return int(found) if found.is_integer() else found


_OPTIONS: dict[str, Callable[[Any, str], Any]] = {
    "fpr_limits": _fractions,
    "connectivity": _connectivity,
    "image_score": _image_score,
    "resize": _resize,
    "at_fpr": partial(_fractions, zero=True),
    "at_recall": _fractions,
    "image_thresholds": _numbers,
    "pixel_thresholds": _numbers,
    "mode": _mode,
    "budget": _budget,
    "mask_values": _mask_values,
    "ignore_value": _ignore_value,
}
