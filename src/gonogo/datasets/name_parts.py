"""Names of images, compared by the parts of their paths: any trailing part, suffixes aside."""

from __future__ import annotations

from gonogo.datasets.listing import IMAGE_SUFFIXES
from gonogo.datasets.maps import MAP_SUFFIXES

__all__ = ["Parts", "ends_with", "parts_of"]

_SUFFIXES = IMAGE_SUFFIXES | MAP_SUFFIXES

Parts = tuple[str, ...]


def parts_of(name: str) -> Parts:
    """The parts of a path, the last one without the suffix of an image or a map."""
    parts = [part for part in name.strip().replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts:
        return ()
    stem, dot, suffix = parts[-1].rpartition(".")
    return (*parts[:-1], stem if dot and f".{suffix.lower()}" in _SUFFIXES else parts[-1])


def ends_with(parts: Parts, tail: Parts) -> bool:
    """Whether these parts are the last ones."""
    return len(tail) <= len(parts) and parts[len(parts) - len(tail) :] == tail
