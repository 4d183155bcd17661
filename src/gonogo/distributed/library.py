"""The libraries of the ``dask`` extra, imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gonogo.errors import MissingExtra

__all__ = ["library"]


def library(name: str) -> Any:
    """A library of the extra, or an error that names the extra."""
    try:
        return import_module(name)
    except ImportError as error:
        needs = f"counting on many workers needs {name.partition('.')[0]}"
        raise MissingExtra.of("dask", needs=needs) from error
