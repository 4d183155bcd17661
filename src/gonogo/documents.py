"""JSON documents with a name and a version: written whole, and read only by those who know them.

A document says what it is in its first two entries, ``"schema"`` and ``"version"``. One of another
kind, or of a version that came later, is refused by name; nothing is guessed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

from gonogo._version import __version__
from gonogo.errors import InputError
from gonogo.files import write_whole

__all__ = [
    "Entries",
    "document_bytes",
    "document_of",
    "known_document",
    "read_document",
    "read_json",
    "write_document",
]


def document_of(schema: str, version: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """A document: what it is, what wrote it and when, then its content."""
    return {
        "schema": schema,
        "version": version,
        "gonogo": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **content,
    }


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """A document as the content of its file."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def write_document(path: Path, document: Mapping[str, Any]) -> Path:
    """Write a document; the file appears whole or not at all."""
    try:
        return write_whole(path, document_bytes(document))
    except OSError as error:
        raise InputError(f"{path}: cannot write there ({error.strerror})") from error


def read_document(path: Path, schema: str, version: int) -> Entries:
    """The document of a file, its kind and version checked; the rest is for the reader to check."""
    return known_document(read_json(path, f"a {schema} file"), str(path), schema, version)


def read_json(path: Path, expected: str) -> Any:
    """What a file holds as JSON; whether its numbers are finite is for the reader to check.

    Raises:
        InputError: it cannot be read, is no JSON, names an entry of an object twice, or is nested
            deeper than Python can follow.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, object_pairs_hook=partial(_object, path))
    except OSError as error:
        raise InputError(f"{path}: cannot open the file ({error.strerror})") from error
    except ValueError as error:
        raise InputError(f"{path}: found no JSON ({error}); expected {expected}") from error
    except (RecursionError, MemoryError) as error:
        raise InputError(f"{path}: found JSON nested too deep; expected {expected}") from error


def _object(path: Path, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object, whose names are different: of two values nothing says which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        values = " and ".join(shortened(value) for name, value in pairs if name == twice)
        raise InputError(f"{path}: found the entry {twice!r} twice ({values}); keep one of them")
    return found


def known_document(document: Any, place: str, schema: str, version: int) -> Entries:
    """A document that is in memory, its kind and version checked; ``place`` is where it was."""
    if not isinstance(document, dict) or document.get("schema") != schema:
        raise InputError(f"{place}: found another kind of file; expected a {schema} file")
    entries = Entries(document, place)
    found = entries.whole("version", least=1)
    if found > version:
        raise InputError(
            f"{place}: found version {found} of {schema}, written by gonogo "
            f"{document.get('gonogo')}; this gonogo ({__version__}) knows versions up to "
            f"{version}: update it"
        )
    return entries


class Entries:
    """The entries of a JSON object, each taken by name and checked; refused with file and place.

    ``place`` is the file, and the names of the entries that these are in.
    """

    def __init__(self, values: Mapping[str, Any], place: str) -> None:
        self._values = values
        self.place = place

    def only(self, names: Collection[str]) -> None:
        """Refuse entries that have no meaning."""
        unknown = sorted(self._values.keys() - set(names))
        if unknown:
            raise self.refused(unknown[0], f"expected only {', '.join(names)}")

    def text(self, name: str) -> str:
        """A string."""
        value = self._taken(name)
        if not isinstance(value, str):
            raise self.refused(name, "expected a string")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._taken(name)
        if not isinstance(value, bool):
            raise self.refused(name, "expected true or false")
        return value

    def whole(self, name: str, *, least: int = 0) -> int:
        """An integer, at least so large."""
        value = self._taken(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.refused(name, f"expected an integer of at least {least}")
        return value

    def number(self, name: str) -> float:
        """A finite number."""
        value = self._taken(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            with suppress(OverflowError):
                if math.isfinite(number := float(value)):
                    return number
        raise self.refused(name, "expected a finite number")

    def inside(self, name: str) -> Entries:
        """The entries of an object."""
        value = self._taken(name)
        if not isinstance(value, dict):
            raise self.refused(name, "expected an object")
        return Entries(value, f"{self.place}: {name}")

    def plain(self) -> dict[str, Any]:
        """All of them as they are."""
        return dict(self._values)

    @property
    def raw(self) -> Mapping[str, Any]:
        """All of them, unchecked."""
        return self._values

    def has(self, name: str) -> bool:
        """Whether there is such an entry, other than null."""
        return self._values.get(name) is not None

    def refused(self, name: str, expected: str) -> InputError:
        """The error for one entry: where, what was found, what was expected."""
        found = shortened(self._values.get(name))
        return InputError(f"{self.place}: {name}: found {found}; {expected}")

    def _taken(self, name: str) -> Any:
        if name not in self._values:
            raise InputError(f"{self.place}: {name}: found none; expected one")
        return self._values[name]
