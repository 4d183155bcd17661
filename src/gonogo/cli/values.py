"""How the command line reads a value that typer would read less strictly."""

from __future__ import annotations

from pathlib import Path

import typer

from gonogo.errors import InputError
from gonogo.files import local_path

__all__ = ["file", "folder", "number", "out_file", "out_folder", "source", "source_path"]


def folder(text: str) -> Path:
    """A path; empty text, as of a variable that is not set, is not the current folder."""
    if not text:
        raise typer.BadParameter("found an empty name; expected a folder")
    return Path(text)


def file(text: str) -> Path:
    """The path of a file, not empty either."""
    if not text:
        raise typer.BadParameter("found an empty name; expected a file")
    return Path(text)


def out_folder(text: str) -> Path:
    """The folder to write to, not empty and no URL."""
    folder(text)
    return _local(text, "folder")


def out_file(text: str) -> Path:
    """The file to write, not empty and no URL."""
    file(text)
    return _local(text, "file")


def number(text: str) -> float:
    """A number in plain digits, with a point."""
    from gonogo import _check

    try:
        return _check.number(text, "")
    except InputError:
        raise typer.BadParameter(f"found {text!r}; expected a number such as 0.05") from None


def source_path(text: str) -> Path:
    """The path of a file or of a folder, not empty."""
    if not text:
        raise typer.BadParameter("found an empty name; expected a file or a folder")
    return Path(text)


def source(text: str) -> str:
    """A path or a URL, not empty."""
    folder(text)
    return text


def _local(text: str, what: str) -> Path:
    try:
        return local_path(text, "out", what)
    except InputError as error:
        raise typer.BadParameter(str(error).removeprefix("out: ")) from None
