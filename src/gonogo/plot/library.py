"""matplotlib, imported when the first figure needs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gonogo.errors import MissingExtra

__all__ = ["library", "refuse_missing"]


def library(name: str) -> Any:
    """A module of matplotlib; ``MissingExtra`` where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra.of("plot", needs="drawing figures needs matplotlib") from error


def refuse_missing() -> None:
    """Find out before any work whether figures can be drawn."""
    library("matplotlib")
