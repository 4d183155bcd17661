"""Where the command line writes: results to stdout, everything else to stderr."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from gonogo.cli.option_names import in_options
from gonogo.errors import UndefinedMetricWarning

__all__ = ["answer", "one_line", "printable", "shortened", "tell", "telling_warnings"]


_CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves, colours or hides what a terminal shows; names of files may hold any of it."""
_MOST, _END = 4000, 1000
"""Letters of a message; so many of them from its end, where it says what to do."""


def printable(text: str) -> str:
    """Text from names and files as a terminal may show it: control characters are spelled out.

    A line feed and a tab stay.
    """
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(name: object) -> str:
    """A name in a list of files: its line feeds and tabs are spelled out too."""
    return printable(str(name)).replace("\n", "\\n").replace("\t", "\\t")


def shortened(text: str) -> str:
    """A message that is too long to be read, without its middle."""
    if len(text) <= _MOST:
        return text
    left_out = len(text) - _MOST
    return f"{text[: _MOST - _END]} [... {left_out} characters ...] {text[-_END:]}"


def answer(text: str, *, drawn: bool = False, data: bool = False) -> None:
    """Write a result to stdout, at once; what its encoding does not hold is spelled out.

    So are control characters, unless the text is ``drawn`` for a terminal, by what spells out those
    of its parts, or is ``data`` that no terminal shows.
    """
    if not drawn and not (data and not sys.stdout.isatty()):
        text = printable(text)
    encoding = sys.stdout.encoding or "utf-8"
    encoded = text.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(encoded if text.endswith("\n") else encoded + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """One line to the user on stderr; a list has a line for each ``- `` entry below its heading."""
    line = "\n- ".join(" ".join(one.split()) for one in text.split("\n- "))
    line = shortened(printable(line))
    kind = line.partition(":")[0]
    colour = {"error": typer.colors.RED, "warning": typer.colors.YELLOW}.get(kind)
    typer.secho(f"gonogo: {line}", err=True, fg=None if os.environ.get("NO_COLOR") else colour)


@contextmanager
def telling_warnings(*, undefined: bool, others: bool) -> Iterator[None]:
    """Each warning as one line on stderr, or not at all; so with the notes that gonogo logs.

    What tifffile logs about damaged files comes back as an error, so it is not printed as well.
    """

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if undefined if issubclass(category, UndefinedMetricWarning) else others:
            tell(f"warning: {in_options(str(message))}")

    log, nowhere = logging.getLogger("tifffile"), logging.NullHandler()
    log.addHandler(nowhere)
    ours, level, notes = logging.getLogger("gonogo"), logging.getLogger("gonogo").level, _Notes()
    if others:
        ours.addHandler(notes)
        ours.setLevel(logging.INFO)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = show
            yield
    finally:
        log.removeHandler(nowhere)
        ours.removeHandler(notes)
        ours.setLevel(level)


class _Notes(logging.Handler):
    """What gonogo logs, as notes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it."""
        tell(f"note: {record.getMessage()}")
