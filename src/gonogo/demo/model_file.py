"""A detector on disk: one NPZ of plain arrays with a version, read without pickle."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.demo.features import WEIGHTS
from gonogo.demo.memory import Memory
from gonogo.errors import InputError
from gonogo.files import write_whole

__all__ = ["load_model", "model_path", "save_model"]

_FORMAT = "gonogo.patchcore"
_VERSION = 1
_ARRAYS = ("mean", "factor", "bank")
_SETTINGS = ("bank", "neighbours", "smoothing")


def model_path(folder: Path, prepend: str) -> Path:
    """Where a detector lies in a folder; ``prepend`` tells several apart."""
    return folder / f"{prepend}patchcore.npz"


def save_model(path: Path, memory: Memory, settings: dict[str, float]) -> Path:
    """Write the memory and the settings of a detector, whole or not at all."""
    header = {"format": _FORMAT, "version": _VERSION, "settings": settings}
    buffer = io.BytesIO()
    np.savez(
        buffer,
        header=np.array(json.dumps(header)),
        mean=memory.mean,
        factor=memory.factor,
        bank=memory.bank,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_whole(path, buffer.getvalue())
    except OSError as error:
        raise InputError(f"{path}: cannot write there ({error.strerror})") from error


def load_model(path: Path) -> tuple[Memory, dict[str, float]]:
    """Read what :func:`save_model` wrote; any other content is an ``InputError``."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; expected a saved detector")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"][()]))
            arrays = {name: np.asarray(archive[name]) for name in _ARRAYS}
    except Exception as error:  # a damaged archive raises almost anything
        raise InputError(f"{path}: cannot read a saved detector ({error})") from error
    _refuse_other_versions(path, header)
    _refuse_other_arrays(path, arrays)
    return Memory(**arrays), _settings(path, header)


def _refuse_other_versions(path: Path, header: Any) -> None:
    if not isinstance(header, dict):
        raise InputError(f"{path}: found no header; expected a saved detector")
    found = header.get("format"), header.get("version")
    if found != (_FORMAT, _VERSION):
        raise InputError(
            f"{path}: found {found[0]!r} version {found[1]!r}; expected {_FORMAT!r} version "
            f"{_VERSION}. Fit the detector again with this release"
        )


def _settings(path: Path, header: Any) -> dict[str, float]:
    try:
        return {name: float(header["settings"][name]) for name in _SETTINGS}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: found no usable settings; fit the detector again") from error


def _refuse_other_arrays(path: Path, arrays: dict[str, Any]) -> None:
    for name, array in arrays.items():
        expected = 2 if name == "bank" else 1
        if array.dtype != np.float32 or array.ndim != expected or array.shape[-1] != len(WEIGHTS):
            raise InputError(
                f"{path}: found {name} as {array.dtype} of shape {array.shape}; expected float32 "
                f"with {len(WEIGHTS)} features"
            )
        if array.size == 0 or not np.isfinite(array).all():
            raise InputError(f"{path}: found {name} empty or not finite; fit the detector again")
