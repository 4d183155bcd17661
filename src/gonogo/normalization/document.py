"""Scales as JSON: an entry of the threshold's file, or a file of the same kind by itself."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from gonogo.documents import Entries, document_of, read_document, write_document
from gonogo.errors import InputError
from gonogo.normalization.cdf import Cdf
from gonogo.normalization.divide import DivideByThreshold
from gonogo.normalization.min_max import MinMax
from gonogo.normalization.scale import Normalization

__all__ = [
    "ENTRIES",
    "METHODS",
    "SCHEMA",
    "VERSION",
    "load_scale",
    "save_scale",
    "scale_entries",
    "scale_of",
    "stored_scale",
]

SCHEMA, VERSION = "gonogo.threshold", 1
ENTRIES = ("schema", "version", "gonogo", "created", "threshold", "normalization")
"""Every entry of such a document."""

METHODS: dict[str, type[Normalization]] = {
    scale.method: scale for scale in (MinMax, Cdf, DivideByThreshold)
}
"""Every scale by the name it has in files and on the command line."""


def save_scale(path: Path, scale: Normalization) -> Path:
    """Write the scale; a threshold that the file holds stays, if it is the scale's."""
    threshold = _threshold_entries(path, scale) if path.exists() else None
    content = {"threshold": threshold, "normalization": scale_entries(scale)}
    return write_document(path, document_of(SCHEMA, VERSION, content))


def _threshold_entries(path: Path, scale: Normalization) -> dict[str, Any] | None:
    """The threshold of a file as it is there; None where there is a scale alone, or nothing."""
    document = read_document(path, SCHEMA, VERSION)
    document.only(ENTRIES)
    if not document.has("threshold"):
        return None
    threshold = document.inside("threshold")
    value = threshold.number("value")
    if value != scale.threshold:
        raise InputError(
            f"{path}: found the threshold {value}; the scale is for {scale.threshold}: fit it "
            "again, or save it to a file of its own"
        )
    return threshold.plain()


def stored_scale(path: Path) -> Normalization | None:
    """The scale of a file, if there is one."""
    return scale_of(read_document(path, SCHEMA, VERSION))


def load_scale(path: Path) -> Normalization:
    """The scale of a file that is to have one."""
    scale = stored_scale(path)
    if scale is None:
        raise InputError(
            f"{path}: found no scale; fit one, for example gonogo.MinMax.fit(scores, threshold) "
            "(gonogo threshold --normalise min_max)"
        )
    return scale


def scale_entries(scale: Normalization) -> dict[str, Any]:
    """The scale as numbers by name."""
    return {"method": scale.method, **asdict(scale)}


def scale_of(document: Entries) -> Normalization | None:
    """The scale of a document that has been read, if there is one."""
    if not document.has("normalization"):
        return None
    entries = document.inside("normalization")
    method = METHODS.get(entries.text("method"))
    if method is None:
        raise entries.refused("method", f"expected one of {', '.join(METHODS)}")
    names = [field.name for field in fields(method)]
    entries.only(["method", *names])
    numbers = {name: entries.number(name) for name in names}
    try:
        return method(**numbers)
    except InputError as error:
        raise InputError(f"{entries.place}: {error}") from error
