"""What every evaluation here shares: the options of :func:`gonogo.evaluate`, and the libraries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from typing import Any, TypedDict, get_args

from gonogo import _check
from gonogo.errors import InputError, MissingExtra
from gonogo.types import Connectivity, Mode, OnError, Resize, Settings

__all__ = ["ModeOptions", "Options", "at_least", "library", "settings_of", "stop_or_skip"]


class Options(TypedDict, total=False):
    """As in :func:`gonogo.evaluate`; what is left out has the same default."""

    fpr_limits: float | Sequence[float]
    connectivity: Connectivity
    image_score: str
    resize: Resize | None
    at_fpr: float | Sequence[float]
    at_recall: float | Sequence[float]
    image_thresholds: float | Sequence[float]
    pixel_thresholds: float | Sequence[float]
    budget: int | str | None
    mask_values: str | float | Sequence[float] | None
    ignore_value: float | None


class ModeOptions(Options, total=False):
    """The same, and which way to count."""

    mode: Mode


def settings_of(options: Mapping[str, object]) -> Settings:
    """The options, checked."""
    unknown = options.keys() - {field.name for field in fields(Settings)}
    if unknown:
        raise TypeError(f"unexpected keyword argument {min(unknown)!r}")
    return _check.settings(tell=True, **options)


def stop_or_skip(on_error: OnError) -> OnError:
    """The option, checked."""
    if on_error not in get_args(OnError):
        raise InputError(f"on_error: found {on_error!r}; expected stop or skip")
    return on_error


def at_least(least: int, value: object, name: str) -> int:
    """The whole number, checked."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{name}: found {value!r}; expected a whole number from {least}")
    return value


def library(name: str) -> Any:
    """A library of the ``dask`` extra, imported when it is needed; an error names the extra."""
    try:
        return import_module(name)
    except ImportError as error:
        needs = f"counting on many workers needs {name.partition('.')[0]}"
        raise MissingExtra.of("dask", needs=needs) from error
