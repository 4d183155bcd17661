"""A mapping of a YAML file: each key taken by name and checked, the rest refused or passed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from gonogo._check import finite_number
from gonogo.errors import InputError

__all__ = ["Entry", "Section", "nearest"]

_CLOSE = 0.75
Checked = TypeVar("Checked")
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class Entry:
    """A value and the line of its key: a ``Section``, a list of entries, or a plain value."""

    value: Any
    line: int


class Section:
    """The keys under one key; ``name`` is that key's full one, empty for the whole file."""

    def __init__(self, file: Path, name: str, entries: dict[str, Entry]) -> None:
        self.file, self.name = file, name
        self._entries = entries

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key, in the order of the file."""
        return tuple(self._entries)

    def __contains__(self, key: str) -> bool:
        """Whether the key is there with a value other than null."""
        return key in self._entries and self._entries[key].value is not None

    def section(self, key: str) -> Section:
        """The keys under a key; an empty section where there is none."""
        value = self._take(key)
        if value is None:
            return Section(self.file, self._full(key), {})
        if not isinstance(value, Section):
            raise self.refused(key, f"found {shown(value)}; expected keys under it")
        return value

    def each(self, key: str) -> list[Entry]:
        """The items of a list with their lines; a value alone is a list of one."""
        entry = self._entries.get(key)
        if entry is None or entry.value is None:
            return []
        return entry.value if isinstance(entry.value, list) else [entry]

    def text(self, key: str) -> str | None:
        """A string, or None where there is none."""
        return None if key not in self else self._text(key, self._entries[key])

    def texts(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        """Strings: one alone, or a list; ``empty`` ones too."""
        return tuple(
            "" if empty and entry.value == "" else self._text(key, entry)
            for entry in self.each(key)
        )

    def number(self, key: str) -> float | None:
        """A finite number, or None where there is none."""
        return None if key not in self else self._number(key, self._entries[key])

    def numbers(self, key: str) -> tuple[float, ...]:
        """Finite numbers: one alone, or a list."""
        return tuple(self._number(key, entry) for entry in self.each(key))

    def whole(self, key: str) -> int | None:
        """An integer of at least 0, or None where there is none."""
        value = self._take(key)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or value < 0
        ):
            raise self.refused(key, f"found {shown(value)}; expected an integer of 0 or more")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where there is none."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.refused(key, f"found {shown(value)}; expected true or false")
        return bool(value)

    def choice(self, key: str, options: Sequence[Word]) -> Word | None:
        """One of some words, or None where there is none."""
        value = self._take(key)
        if value is None:
            return None
        for option in options:
            if option == value:
                return option
        raise self.refused(key, f"found {shown(value)}; expected {' or '.join(options)}")

    def checked(
        self, key: str, check: Callable[[], Checked], *, name: str = "", line: int | None = None
    ) -> Checked:
        """What a check returns; what it refuses is told with file, line and key.

        ``name`` is what the check calls the value, ``line`` where it stands, if not as the key.
        """
        try:
            return check()
        except InputError as error:
            problem = str(error).removeprefix(f"{name or key}: ")
            raise self.refused(key, problem, line=line) from error

    def full_names(self, keys: Iterable[str]) -> list[str]:
        """Full names of those keys that are there."""
        return [self._full(key) for key in keys if key in self._entries]

    def only(self, known: Collection[str]) -> None:
        """Refuse a key that is not known."""
        for key in self._entries:
            if key not in known:
                raise self.refused(key, f"unknown key{nearest(key, known)}")

    def refuse_misspelled(self, read: Collection[str], others: Collection[str] = ()) -> None:
        """Refuse a key spelled much like one that is read, and no other key that is known."""
        lowered = [one.lower() for one in read]
        for key in self._entries:
            if key in read or key in others:
                continue
            if get_close_matches(key.lower(), lowered, n=1, cutoff=_CLOSE):
                raise self.refused(key, f"unknown key{nearest(key, read)}")

    def one_of(self, *keys: str) -> str:
        """Which of several names of one thing is there; the first where none is.

        Two of them with a value are refused.
        """
        there = [key for key in keys if key in self]
        if len(there) > 1:
            raise self.refused(
                there[1], f"found it beside {self._full(there[0])}, another name of it; keep one"
            )
        return there[0] if there else keys[0]

    def refused(self, key: str, problem: str, *, line: int | None = None) -> InputError:
        """The error about a key: file, line (of the key, if no other), key, problem."""
        if line is None and key in self._entries:
            line = self._entries[key].line
        place = self.file if line is None else f"{self.file}, line {line}"
        return InputError(f"{place}: {self._full(key)}: {problem}")

    def has_keys(self, key: str) -> bool:
        """Whether there are keys under a key."""
        return key in self._entries and isinstance(self._entries[key].value, Section)

    def _full(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _take(self, key: str) -> Any:
        return self._entries[key].value if key in self._entries else None

    def _text(self, key: str, entry: Entry) -> str:
        if isinstance(entry.value, str) and entry.value:
            return entry.value
        found = shown(entry.value)
        raise self.refused(key, f"found {found}; expected a text", line=entry.line)

    def _number(self, key: str, entry: Entry) -> float:
        try:
            # YAML takes 1e-3 for a text.
            return finite_number(entry.value, key)
        except InputError:
            found = shown(entry.value)
            raise self.refused(
                key, f"found {found}; expected a finite number", line=entry.line
            ) from None


def nearest(word: str, known: Collection[str]) -> str:
    """A hint at the most similar of some words, or at all of them."""
    lowered = {one.lower(): one for one in known}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {lowered[close[0]]}?"
    return f"; known are {', '.join(known)}" if known else ""


def shown(value: Any) -> str:
    """A value as a message names it."""
    if isinstance(value, Section):
        return "keys under it"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else repr(value)
