"""What was already done in an output folder, so that an interrupted run goes on where it stopped.

``progress.jsonl`` holds the settings of the run in its first line and then one line for each image,
added after the image's files are there and whole. An image whose map has changed since, or whose
files are gone or of another size, is done again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import takewhile
from pathlib import Path
from typing import IO, Any, Self

from gonogo.datasets import ImageFile
from gonogo.deployment.operation import Decision
from gonogo.errors import InputError
from gonogo.files import is_staged, naming, remove_files, write_whole

__all__ = ["Journal"]

_NAME = "progress.jsonl"
_FORMAT = "gonogo.apply"
_ENTRY = {"name", "map", "files", "decision"}
_DECISION = {field.name for field in fields(Decision)}


class Journal:
    """The journal of one output folder, open for more lines."""

    def __init__(self, folder: Path, file: IO[str], done: dict[str, dict[str, Any]]) -> None:
        self._folder, self._file = folder, file
        self._done = done

    @classmethod
    def open(
        cls, folder: Path, settings: Mapping[str, Any], *, made: Collection[str] = (), force: bool
    ) -> Self:
        """Go on with the journal of the same settings, or begin one; with ``force`` begin anew.

        Other settings, or a folder that holds something else, are refused without. To begin anew
        removes the files that the journal names, and those ``made`` of all images.
        """
        head = {"format": _FORMAT, "version": 1, "settings": settings}
        head = json.loads(json.dumps(head, allow_nan=False))
        path = folder / _NAME
        earlier = _lines(path)
        done = {}
        if force:
            _remove(folder, earlier, made)
        elif earlier and earlier[0] == head:
            done = {line["name"]: line for line in takewhile(_is_entry, earlier[1:])}
        elif earlier:
            raise InputError(
                f"{folder}: found what {_difference(earlier[0], head)}; name another folder, "
                "or replace it with force (--force)"
            )
        elif folder.is_dir() and not all(map(is_staged, folder.iterdir())):
            raise InputError(
                f"{folder}: found files of something else; name another folder, or write beside "
                "them with force (--force)"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            kept = [head, *done.values()]
            write_whole(path, "".join(f"{json.dumps(line)}\n" for line in kept).encode())
            return cls(folder, path.open("a", encoding="utf-8"), done)
        except OSError as error:
            raise InputError(
                f"{folder}: cannot write there ({error.strerror}); name another folder"
            ) from error

    def decision(self, image: ImageFile) -> Decision | None:
        """What was decided of an image whose map and files have not changed since."""
        line = self._done.get(image.name)
        if line is None or line["map"] != _state(image):
            return None
        if any(_size(self._folder / name) != size for name, size in line["files"].items()):
            return None
        return Decision(**line["decision"])

    def add(self, image: ImageFile, decision: Decision, files: Mapping[str, bytes]) -> None:
        """Note that an image is done, and its files, by their names in the folder."""
        line = {
            "name": image.name,
            "map": _state(image),
            "files": {name: len(content) for name, content in files.items()},
            "decision": asdict(decision),
        }
        with naming(self._folder / _NAME):
            self._file.write(f"{json.dumps(line, allow_nan=False)}\n")
            self._file.flush()

    def close(self) -> None:
        """Write no more."""
        with naming(self._folder / _NAME):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _difference(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """What is another one, of two runs."""
    before, now = (one.get("settings") for one in (found, wanted))
    if isinstance(before, dict) and isinstance(now, dict):
        same = all(before.get(key) == now[key] for key in now if key != "maps")
        if same and isinstance(before.get("maps"), str):
            return f"other maps have made ({before['maps']})"
    return "another threshold, other maps or other options have made"


def _remove(folder: Path, earlier: Sequence[Mapping[str, Any]], made: Collection[str]) -> None:
    """Remove the files of an earlier run, and the folders in it that they leave empty."""
    if not earlier or earlier[0].get("format") != _FORMAT:
        return
    inside = folder.resolve()
    names = {name for line in filter(_is_entry, earlier[1:]) for name in line["files"]}
    places = {folder / name for name in (*names, *made)}
    there = {place for place in places if place.parent.resolve().is_relative_to(inside)}
    remove_files({place for place in there if place.is_file()}, folder)


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a journal; what follows the first broken one was never finished."""
    found = []
    try:
        with path.open(encoding="utf-8") as file:
            for text in file:
                line = json.loads(text) if text.endswith("\n") else None
                if not isinstance(line, dict):
                    break
                found.append(line)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError):
        return found
    return found


def _is_entry(line: Mapping[str, Any]) -> bool:
    """Whether it has all that a line of an image has."""
    decision = line.get("decision")
    return line.keys() == _ENTRY and isinstance(decision, dict) and decision.keys() == _DECISION


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _state(image: ImageFile) -> list[Any]:
    """What changes when the map, or the score given for it, does."""
    stat = image.map_path.stat()
    return [stat.st_size, stat.st_mtime_ns, image.score]
