"""The files of a run, each of which appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gonogo.errors import InputError
from gonogo.results.mvtec import mvtec_document
from gonogo.types import ImageRow

if TYPE_CHECKING:
    from gonogo.results.record import Run

__all__ = ["refuse_taken", "save_run", "write_all", "write_whole"]

_LAST = "results.json"
_FILES = ("images.csv", "curves.npz", "metrics.json", _LAST)


def save_run(
    run: Run, folder: Path, *, force: bool, command: Sequence[str] | None = None
) -> list[Path]:
    """Write every file of a run, the one that marks it complete last."""
    refuse_taken(folder, force=force)
    contents = (
        _images_csv(run).encode(),
        _curves(run),
        _json(mvtec_document(run), indent=4),
        _json(run.to_dict(command=command), indent=2),
    )
    try:
        return write_all(folder, dict(zip(_FILES, contents, strict=True)))
    except OSError as error:
        raise InputError(
            f"{folder}: cannot write there ({error.strerror}); name another folder"
        ) from error


def refuse_taken(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds a run or a file of that name, or something that is no folder."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: found a file; expected a folder, or a name not yet taken")
    taken = [name for name in _FILES if (folder / name).exists()]
    if taken and not force:
        found = "the results of an earlier run" if _LAST in taken else ", ".join(taken)
        raise InputError(
            f"{folder}: found {found}; name another folder, or overwrite with force=True"
        )


def write_all(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files beside their places, then move all there; on failure leave things as they were.

    The last one marks the folder complete: an older one is gone before the first is replaced.
    """
    made = _missing_folders(folder)
    staged: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            staged.append(_staged(folder, name, content))
    except BaseException:
        for path in staged:
            path.unlink()
        for empty in made:
            if empty.is_dir():
                empty.rmdir()
        raise
    (folder / list(contents)[-1]).unlink(missing_ok=True)
    return [path.replace(folder / name) for path, name in zip(staged, contents, strict=True)]


def write_whole(path: Path, content: bytes) -> Path:
    """Write one file beside its place and move it there once it is complete."""
    return _staged(path.parent, path.name, content).replace(path)


def _staged(folder: Path, name: str, content: bytes) -> Path:
    handle, text = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    path = Path(text)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o666 & ~_umask())
    except BaseException:
        path.unlink()
        raise
    return path


def _missing_folders(folder: Path) -> list[Path]:
    """The folders that writing there would make, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _json(document: object, *, indent: int) -> bytes:
    return (
        json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
    ).encode()


def _images_csv(run: Run) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["category", *(field.name for field in fields(ImageRow))])
    for category, result in run.categories.items():
        for row in result.images:
            values = (int(v) if isinstance(v, bool) else v for v in astuple(row))
            writer.writerow([category, *values])
    return text.getvalue()


def _curves(run: Run) -> bytes:
    """Thinned curves: an (n, 3) array ``category/level/curve`` of x, y and threshold."""
    arrays: dict[str, np.ndarray] = {}
    for category, result in run.categories.items():
        for level, numbers in (("image", result.image), ("pixel", result.pixel)):
            if numbers is None:
                continue
            for name, curve in numbers.curves(thin=True).items():
                columns = np.stack([curve.x, curve.y, curve.thresholds], axis=1)
                arrays[f"{category}/{level}/{name}"] = columns
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
