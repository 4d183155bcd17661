"""What all readers share: the optional libraries, and one clear error for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from gonogo.errors import GonogoError, InputError, MissingExtra

__all__ = ["library", "read"]

Content = TypeVar("Content")


def library(name: str) -> Any:
    """A library of the ``cli`` extra, imported when the first file needs it."""
    try:
        return import_module(name)
    except ImportError as error:
        needs = f"reading image files needs {name.partition('.')[0]}"
        raise MissingExtra.of("cli", needs=needs) from error


def read(path: Path, readers: Mapping[str, Callable[[Path], Content]], what: str) -> Content:
    """The content of the file by the reader of its suffix; any failure is an ``InputError``."""
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path}: found the suffix {path.suffix!r}; expected {what} as {', '.join(readers)}"
        )
    try:
        return reader(path)
    except (GonogoError, MemoryError):
        raise
    except Exception as error:  # decoders raise anything on damaged files
        raise _unreadable(path, what, error) from error


def _unreadable(path: Path, what: str, error: Exception) -> InputError:
    if isinstance(error, OSError) and error.strerror:
        return InputError(f"{path}: cannot open the {what} ({error.strerror})")
    if path.stat().st_size == 0:
        return InputError(f"{path}: found an empty file (0 bytes); write the {what} again")
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError(
        f"{path}: cannot read the {what} ({reason}); "
        "the file may be truncated, damaged or in another format: write it again"
    )
