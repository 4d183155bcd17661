"""The folder of a demo: what lies where in it, and whether it may be written.

A demo names its files in ``gonogo-demo.json``, and says there when it is complete. Only files named
there are ever replaced or removed; a folder with other content and no such list is refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeGuard

from gonogo.errors import InputError
from gonogo.files import write_whole

__all__ = ["DemoFolder", "claim", "complete"]

_FORMAT = "gonogo.demo"


@dataclass(frozen=True)
class DemoFolder:
    """Places in a demo's folder."""

    root: Path

    @property
    def dataset(self) -> Path:
        """Pictures and masks: the ground truth to evaluate against, in MVTec AD's layout."""
        return self.root / "dataset"

    @property
    def maps(self) -> Path:
        """Anomaly maps of the test pictures, in the same layout."""
        return self.root / "maps"

    @property
    def models(self) -> Path:
        """The fitted detectors, one folder for each category."""
        return self.root / "models"

    @property
    def results(self) -> Path:
        """The files of the evaluation."""
        return self.root / "results"

    @property
    def index(self) -> Path:
        """Names the files that the demo wrote."""
        return self.root / "gonogo-demo.json"


def claim(folder: DemoFolder, files: Collection[str], *, seed: int, force: bool) -> None:
    """Make the folder ready for these files (paths below it), removing those of an earlier demo.

    Raises ``InputError`` for a folder that holds anything else, or a complete demo without
    ``force``.
    """
    earlier = _earlier(folder, force=force)
    document = {
        "format": _FORMAT,
        "version": 1,
        "seed": seed,
        "complete": False,
        "files": sorted(files),
    }
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        for name in earlier - set(files):
            (folder.root / name).unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    _write_index(folder, document)


def complete(folder: DemoFolder) -> None:
    """Say that every file is written: from now on only ``force`` replaces them."""
    _write_index(folder, _read_index(folder) | {"complete": True})


def _write_index(folder: DemoFolder, document: dict[str, Any]) -> None:
    try:
        write_whole(folder.index, (json.dumps(document, indent=1) + "\n").encode())
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(folder: DemoFolder, error: OSError) -> InputError:
    return InputError(f"{folder.root}: cannot write there ({error.strerror}); name another folder")


def _earlier(folder: DemoFolder, *, force: bool) -> set[str]:
    """The files of an earlier demo there; refuses what is not to be touched."""
    root = folder.root
    if root.exists() and not root.is_dir():
        raise InputError(f"{root}: found a file; expected a folder, or a name not yet taken")
    if not root.is_dir() or not any(root.iterdir()):
        return set()
    if not folder.index.is_file():
        raise InputError(
            f"{root}: found files that no demo wrote; name another folder, which the demo will make"
        )
    index = _read_index(folder)
    if index.get("complete", True) and not force:
        raise InputError(
            f"{root}: found an earlier demo; name another folder, or replace it with force=True"
        )
    return {name for name in index["files"] if _is_below(PurePosixPath(name))}


def _read_index(folder: DemoFolder) -> dict[str, Any]:
    index = None
    with suppress(OSError, ValueError):
        index = json.loads(folder.index.read_text(encoding="utf-8"))
    if not _is_index(index):
        raise InputError(f"{folder.index}: found no list of a demo's files; name another folder")
    return index


def _is_index(found: Any) -> TypeGuard[dict[str, Any]]:
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        return False
    names = found.get("files")
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _is_below(name: PurePosixPath) -> bool:
    return not name.is_absolute() and ".." not in name.parts
