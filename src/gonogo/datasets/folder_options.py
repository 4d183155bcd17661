"""The options of how folders are read, as keywords and as the one record that is handed on.

A new option is a field of :class:`gonogo.types.FolderOptions`, a key of ``FolderKeywords``, and a
check here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypedDict, Unpack, get_args

from gonogo import _check
from gonogo.errors import InputError
from gonogo.types import FolderOptions, Layout, Task

__all__ = ["FOLDER_OPTIONS", "FolderKeywords", "folder_options", "refuse_unread"]

FOLDER_OPTIONS = tuple(field.name for field in fields(FolderOptions))
"""Their names, in order."""


_NAME = re.compile(r"[^\s./\\][^/\\\0-\x1f]*")


class FolderKeywords(TypedDict, total=False):
    """As in :func:`gonogo.evaluate_folder`; what is left out has the same default."""

    layout: Layout
    normal: str | Sequence[str]
    mask_suffix: str | Sequence[str]
    task: Task | None
    name: str | None


def folder_options(**given: Unpack[FolderKeywords]) -> FolderOptions:
    """The options, checked.

    Raises:
        InputError: one of them is not as described; names it.
        TypeError: there is no such option.
    """
    unknown = given.keys() - set(FOLDER_OPTIONS)
    if unknown:
        raise TypeError(f"unexpected keyword argument {min(unknown)!r}")
    layout, task = given.get("layout", "auto"), given.get("task")
    if layout not in get_args(Layout):
        raise InputError(f"layout: found {layout!r}; expected {', '.join(get_args(Layout))}")
    if task is not None and task not in get_args(Task):
        raise InputError(f"task: found {task!r}; expected {' or '.join(get_args(Task))}")
    normal = tuple(name.rstrip("/\\") for name in _texts("normal", given.get("normal", ())))
    if not all(normal):
        raise InputError("normal: found an empty name; expected the name of a folder, such as ok")
    suffixes = _texts("mask_suffix", given.get("mask_suffix", ()))
    name: Any = given.get("name")
    if name is not None and (not isinstance(name, str) or not _NAME.fullmatch(name)):
        raise InputError(f"name: found {name!r}; expected a name without slashes, such as bottle")
    return FolderOptions(layout=layout, normal=normal, mask_suffix=suffixes, task=task, name=name)


def refuse_unread(options: FolderOptions, names: Sequence[str], why: str) -> None:
    """Refuse options that say nothing about this data, rather than pass them over."""
    for name in names:
        value: Any = getattr(options, name)
        if value:
            raise InputError(f"{name}: found {', '.join(value)}, but {why}; leave it out")


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """One text, or a list of them, each once."""
    if isinstance(value, str):
        return (value,)
    if value is None:
        return ()
    found = _check.texts(value, name)
    return tuple(dict.fromkeys(str(one) for one in found))
