"""The files of one category's checkpoint: whole or not there, and tied together by an index.

Images are written once, in the file of the checkpoint that first has them; counts are written
anew. ``index`` names the files that belong together and is replaced last, so that a process may
end at any moment. Before the first of them there is an index that names none: parts without an
index are what somebody took it from, never what a kill left.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gonogo.counting import PartialResult
from gonogo.datasets.checkpoint_plan import known_plan
from gonogo.datasets.fingerprint import Fingerprint, Fingerprints
from gonogo.errors import InputError
from gonogo.states import Observed
from gonogo.states.state_file import read_state, write_state
from gonogo.states.stored import (
    Stored,
    grid_from,
    images_from,
    ranked_from,
    stored_grid,
    stored_images,
    stored_ranked,
)
from gonogo.types import Settings

__all__ = ["CheckpointFiles", "Saved", "images_done"]

_INDEX = "index"
_VERSION = 1
"""Of what the files hold; grows when an older gonogo could not go on with it."""
_START_OVER = "start over with fresh=True, or name another folder"


class Saved(NamedTuple):
    """What a checkpoint holds of one category."""

    plan: dict[str, Any]
    partial: PartialResult
    prints: dict[int, Fingerprints]
    """Of the files of the images that were observed."""


class CheckpointFiles:
    """What is on disk of one category, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._token = secrets.token_hex(4)
        self._number = 0
        self._plan: tuple[dict[str, Any], str] | None = None
        self._counts: str | None = None
        self._mode: str | None = None
        self._seen_files: list[str] = []
        self._on_disk: set[int] = set()

    def load(self, settings: Settings, *, pixels: bool) -> Saved | None:
        """What was saved, counted with these settings; None where nothing was saved."""
        index = _index(self.folder)
        if index is None or index["plan"] is None:
            return None
        images: dict[int, Observed] = {}
        prints: dict[int, Fingerprints] = {}
        try:
            plan = known_plan(_read(self.folder / index["plan"]).record)
            counts = _counts_from(_read(self.folder / index["counts"]), settings, pixels=pixels)
            for name in index["seen"]:
                stored = _read(self.folder / name)
                some = images_from(stored.part("images"))
                images |= some
                prints |= _prints_from(some, stored)
        except InputError:
            raise
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise _damaged(self.folder, f"{type(error).__name__}: {error}") from error
        self._plan, self._counts = (plan, index["plan"]), index["counts"]
        self._mode, self._seen_files = counts.mode, index["seen"]
        self._on_disk = set(images)
        return Saved(plan, replace(counts, images=images), prints)

    def save(self, saved: Saved) -> None:
        """Write what is new, then the index.

        Raises:
            InputError: it cannot be written; what was saved before stays.
        """
        plan, partial, prints = saved
        if not (self.folder / _INDEX).exists():
            self._write_index(plan=None, counts=None, seen=[], done=0)
        if self._plan is None or self._plan[0] != plan:
            self._plan = plan, self._write("plan", Stored(plan, {}))
        if self._mode != partial.mode:  # it began anew
            self._mode, self._seen_files, self._on_disk = partial.mode, [], set()
        images = {k: one for k, one in partial.images.items() if k not in self._on_disk}
        if images:
            self._seen_files.append(self._write("seen", _stored_seen(images, prints)))
            self._on_disk.update(images)
        self._counts = self._write("counts", _stored_counts(partial))
        self._write_index(
            plan=self._plan[1],
            counts=self._counts,
            seen=self._seen_files,
            done=len(partial.images),
        )
        self._discard_all_but({_INDEX, self._plan[1], self._counts, *self._seen_files})

    def _write_index(self, **named: Any) -> None:
        write_state(self.folder / _INDEX, {"checkpoint": _VERSION, **named}, [])

    def _discard_all_but(self, names: set[str]) -> None:
        """Remove what no index names: older counts, and what a kill or a full disk left."""
        for path in self.folder.iterdir():
            if path.name not in names and path.is_file():
                path.unlink(missing_ok=True)

    def _write(self, what: str, stored: Stored) -> str:
        self._number += 1
        name = f"{what}-{self._token}-{self._number:05d}"
        write_state(self.folder / name, stored.record, stored.arrays.items())
        return name


def images_done(folder: Path) -> int:
    """How many images of all categories below a folder of checkpoints were counted."""
    indices = [_index(path) for path in sorted(folder.glob("*")) if path.is_dir()]
    return sum(index["done"] for index in indices if index is not None)


def _index(folder: Path) -> dict[str, Any] | None:
    if not (folder / _INDEX).exists():
        parts = [path for path in folder.glob("*") if not path.name.startswith(".")]
        if parts:
            raise InputError(
                f"{folder / _INDEX}: found no such file, but {len(parts)} other parts of a "
                f"checkpoint; {_START_OVER}"
            )
        return None
    index = _read(folder / _INDEX).record
    if not isinstance(index, dict):
        raise _damaged(folder, f"the index holds {type(index).__name__}")
    if index.get("checkpoint") != _VERSION:
        raise InputError(
            f"{folder}: found a checkpoint of another version of gonogo; go on with that version, "
            f"or {_START_OVER}"
        )
    names = index.get("seen")
    if not isinstance(names, list) or not isinstance(index.get("done"), int):
        raise _damaged(folder, "the index names no parts")
    for name in (index.get("plan"), index.get("counts"), *names):
        if name is not None and not isinstance(name, str):
            raise _damaged(folder, f"the index names {name!r}")
    return index


def _damaged(folder: Path, what: str) -> InputError:
    return InputError(
        f"{folder}: found a checkpoint whose parts do not fit together ({what}); {_START_OVER}"
    )


def _read(path: Path) -> Stored:
    return Stored(*read_state(path, advice=f"it is part of a checkpoint: {_START_OVER}"))


def _stored_seen(images: Mapping[int, Observed], prints: Mapping[int, Fingerprints]) -> Stored:
    """Images that were observed, with the fingerprints of their files."""
    both = [
        [None if one is None else [one.size, one.modified, one.digest] for one in prints[index]]
        for index in images
    ]
    return Stored.of({"images": stored_images(images)}, prints=both)


def _prints_from(indices: Iterable[int], stored: Stored) -> dict[int, Fingerprints]:
    """The fingerprints that were stored with these images."""
    return {
        index: (Fingerprint(*scores), None if mask is None else Fingerprint(*mask))
        for index, (scores, mask) in zip(indices, stored.record["prints"], strict=True)
    }


def _stored_counts(partial: PartialResult) -> Stored:
    """What was counted, without the images."""
    parts: dict[str, Stored] = {}
    if partial.grid is not None:
        parts["grid"] = stored_grid(partial.grid)
    if partial.ranks is not None:
        ranked = np.array(sorted(partial.ranked), np.int64)
        parts["ranks"] = stored_ranked(partial.ranks)
        parts["ranked"] = Stored({}, {"places": ranked})
    return Stored.of(parts, mode=partial.mode)


def _counts_from(stored: Stored, settings: Settings, *, pixels: bool) -> PartialResult:
    """What was counted; the images are stored elsewhere."""
    partial = PartialResult(settings, pixels, stored.record["mode"])
    if "grid" in stored.record:
        partial = replace(partial, grid=grid_from(stored.part("grid")))
    if "ranks" in stored.record:
        ranked = frozenset(stored.part("ranked").arrays["places"].tolist())
        partial = replace(partial, ranks=ranked_from(stored.part("ranks")), ranked=ranked)
    return partial
