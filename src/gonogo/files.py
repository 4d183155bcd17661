"""Files that appear whole or not at all: written beside their place, moved there when complete."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["write_all", "write_whole"]


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
