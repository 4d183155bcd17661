"""A finished evaluation as plain data: what ``results.json``, ``images.csv``, ``curves.npz`` hold.

A report is made of these alone, so the one that a run writes and the one that is made of its folder
later are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.errors import InputError
from gonogo.thresholds import FILE_NAMES, Threshold, ThresholdLevel, run_rows
from gonogo.types import Array, ImageRow

__all__ = ["Evaluated", "read_run"]

_RESULTS, _IMAGES, _CURVES = "results.json", "images.csv", "curves.npz"


@dataclass(frozen=True)
class Evaluated:
    """The document of the results, the rows of each category's images, and arrays by name.

    ``thresholds`` are those that were settled, by category and level.
    """

    results: Mapping[str, Any]
    rows: Mapping[str, Sequence[ImageRow]]
    curves: Mapping[str, Array]
    thresholds: Mapping[str, Mapping[ThresholdLevel, Threshold]] = field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 of all rows and arrays: what was read of every image, and what came of pixels."""
        found = hashlib.sha256()
        for category, rows in self.rows.items():
            for row in rows:
                values = ["" if value is None else repr(value) for value in row.facts()]
                values += [repr(counts) for counts in row.at_threshold.values()]
                found.update("\0".join([category, *values, "\n"]).encode(errors="surrogatepass"))
        for name, array in sorted(self.curves.items()):
            found.update(name.encode(errors="surrogatepass"))
            found.update(np.ascontiguousarray(array, "<f8").data)
        return found.hexdigest()


def read_run(folder: Path) -> Evaluated:
    """The run that :meth:`gonogo.Run.save` or ``gonogo evaluate --out`` wrote to a folder.

    Raises:
        InputError: a file of it is missing, damaged, or of a version that came later.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; expected one that gonogo wrote")
    missing = [name for name in (_RESULTS, _IMAGES, _CURVES) if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder}: found no {', '.join(missing)}; expected the folder of a complete run, "
            "gonogo evaluate MAPS GROUND_TRUTH --out DIR"
        )
    entries, rows = run_rows(folder)
    entries.text("gonogo"), entries.text("created"), entries.inside("mean")
    entries.inside("versions")
    results = entries.raw
    command = results.get("command")
    if command is not None and not (
        isinstance(command, list) and all(isinstance(word, str) for word in command)
    ):
        raise entries.refused("command", "expected a list of words, or null")
    curves = _read_curves(folder / _CURVES)
    return Evaluated(results, rows, curves, _read_thresholds(folder, list(rows)))


def _read_thresholds(
    folder: Path, categories: Sequence[str]
) -> dict[str, dict[ThresholdLevel, Threshold]]:
    """Those that lie beside the results, of several categories in a folder each."""
    found: dict[str, dict[ThresholdLevel, Threshold]] = {name: {} for name in categories}
    for category, by_level in found.items():
        place = folder / category if len(categories) > 1 else folder
        for level, name in FILE_NAMES.items():
            if not (place / name).is_file():
                continue
            by_level[level] = threshold = Threshold.load(place / name)
            if threshold.level != level:
                raise InputError(
                    f"{place / name}: found a threshold for {threshold.level}s; expected one for "
                    f"{level}s"
                )
    return found


def _read_curves(path: Path) -> dict[str, Array]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: np.asarray(file[name]) for name in file.files}
    except Exception as error:  # zip files and arrays go wrong in many ways
        raise InputError(f"{path}: cannot read the curves ({error})") from error
    for name, array in arrays.items():
        if array.ndim != 2 or array.shape[1] != 3 or array.dtype.kind != "f":
            raise InputError(
                f"{path}: found {name} with shape {array.shape}; expected (n, 3) numbers"
            )
    return arrays
