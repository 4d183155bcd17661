"""Scales as JSON: an entry of the threshold's file, or a file of the same kind by itself."""

from __future__ import annotations

import json
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

METHODS: dict[str, type[Normalization]] = {
    scale.method: scale for scale in (MinMax, Cdf, DivideByThreshold)
}
"""Every scale by the name it has in files and on the command line."""


def save_scale(path: Path, scale: Normalization) -> Path:
    """Write the scale; a threshold that the file holds stays, if it is the scale's."""
    threshold = None
    if path.exists():
        read_document(path, SCHEMA, VERSION)
        threshold = json.loads(path.read_text(encoding="utf-8"))["threshold"]
    if threshold is not None and threshold.get("value") != scale.threshold:
        raise InputError(
            f"{path}: found the threshold {threshold.get('value')}; the scale is for "
            f"{scale.threshold}: fit it again, or save it to a file of its own"
        )
    content = {"threshold": threshold, "normalization": scale_entries(scale)}
    return write_document(path, document_of(SCHEMA, VERSION, content))


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
    return method(**{name: entries.number(name) for name in names})
