"""The optional libraries of the demo, imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gonogo.errors import MissingExtra

__all__ = ["library", "refuse_missing"]

_NAMES = {
    "PIL.Image": "Pillow",
    "skimage.data": "scikit-image",
    "sklearn.neighbors": "scikit-learn",
    "tifffile": "tifffile",
}


def library(name: str) -> Any:
    """A module of the ``demo`` extra; ``MissingExtra`` where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra.of("demo", needs=f"the demo needs {_NAMES[name]}") from error


def refuse_missing() -> None:
    """Find out before any work whether all of them are there."""
    for name in _NAMES:
        library(name)
