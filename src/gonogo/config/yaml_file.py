"""A YAML file as sections that know their file and lines, so that an error can name both."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from gonogo.config.section import Entry, Section
from gonogo.errors import InputError, MissingExtra

__all__ = ["read_yaml"]


def read_yaml(path: Path) -> Section:
    """The mapping that a YAML file holds; keys are words, and none is written twice.

    Raises:
        InputError: the file cannot be read, or is not such a file; names the file and the line.
        MissingExtra: PyYAML is not installed.
    """
    yaml, text = _library(), _text(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        entry = None if node is None else _Builder(path, yaml, loader).entry(node, "")
    except yaml.MarkedYAMLError as error:
        raise _unreadable(path, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(
            f"{path}, line {line}: found a character that YAML does not allow; "
            "expected plain text in UTF-8"
        ) from error
    except (RecursionError, MemoryError) as error:
        raise InputError(
            f"{path}: found YAML nested too deep; expected keys, for example maps and ground_truth"
        ) from error
    if entry is None:
        raise InputError(f"{path}: found nothing; expected keys, for example maps and ground_truth")
    if not isinstance(entry.value, Section):
        raise InputError(
            f"{path}, line {entry.line}: found no keys; expected for example maps: DIR"
        )
    return entry.value


def _library() -> Any:
    try:
        return import_module("yaml")
    except ImportError as error:
        raise MissingExtra.of("cli", needs="reading a YAML file needs PyYAML") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot open the file ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: found bytes that are no UTF-8 text ({error.reason} at byte {error.start}); "
            "expected a YAML file"
        ) from error


def _unreadable(path: Path, error: Any) -> InputError:
    mark = error.problem_mark or error.context_mark
    place = "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"
    problem = " ".join(str(error.problem or error.context).split())
    return InputError(f"{path}{place}: cannot read this as YAML: {problem}")


class _Builder:
    """Makes entries of nodes; a node with two names (``&`` and ``*``) is made once."""

    def __init__(self, file: Path, yaml: Any, loader: Any) -> None:
        self._file, self._yaml, self._loader = file, yaml, loader
        self._made: dict[int, Any] = {}
        self._open: set[int] = set()

    def entry(self, node: Any, name: str) -> Entry:
        """The entry of a node; ``name`` is where it stands, for example ``dataset.path``."""
        line = node.start_mark.line + 1
        if id(node) in self._open:
            raise self._refused(line, f"{name}: found an alias of what it stands in")
        if id(node) not in self._made:
            self._open.add(id(node))
            self._made[id(node)] = self._value(node, name, line)
            self._open.remove(id(node))
        return Entry(self._made[id(node)], line)

    def _value(self, node: Any, name: str, line: int) -> Any:
        if isinstance(node, self._yaml.MappingNode):
            return Section(self._file, name, self._keys(node, name))
        if isinstance(node, self._yaml.SequenceNode):
            return [self.entry(one, f"{name}[{place}]") for place, one in enumerate(node.value)]
        try:
            return self._loader.construct_object(node)
        except ValueError as error:
            raise self._refused(line, f"{name}: found {node.value!r} ({error})") from error

    def _keys(self, node: Any, name: str) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise self._refused(line, f"{name or 'keys'}: found a key that is no word")
            inner = f"{name}.{key}" if name else key
            if key in found:
                first = found[key].line
                raise self._refused(line, f"{inner}: found twice, first in line {first}; keep one")
            found[key] = Entry(self.entry(value_node, inner).value, line)
        return found

    def _refused(self, line: int, problem: str) -> InputError:
        return InputError(f"{self._file}, line {line}: {problem}")
