"""Where the command line writes: results to stdout, everything else to stderr."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from gonogo.cli.option_names import in_options
from gonogo.errors import UndefinedMetricWarning

__all__ = ["answer", "tell", "telling_warnings"]


def answer(text: str) -> None:
    """Write a result to stdout, at once; what its encoding does not hold is spelled out."""
    encoding = sys.stdout.encoding or "utf-8"
    printable = text.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(printable if text.endswith("\n") else printable + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """One line to the user on stderr; a list has a line for each ``- `` entry below its heading."""
    line = "\n- ".join(" ".join(one.split()) for one in text.split("\n- "))
    kind = line.partition(":")[0]
    colour = {"error": typer.colors.RED, "warning": typer.colors.YELLOW}.get(kind)
    typer.secho(f"gonogo: {line}", err=True, fg=None if os.environ.get("NO_COLOR") else colour)


@contextmanager
def telling_warnings(*, undefined: bool, others: bool) -> Iterator[None]:
    """Each warning as one line on stderr, or not at all.

    What tifffile logs about damaged files comes back as an error, so it is not printed as well.
    """

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if undefined if issubclass(category, UndefinedMetricWarning) else others:
            tell(f"warning: {in_options(str(message))}")

    log, nowhere = logging.getLogger("tifffile"), logging.NullHandler()
    log.addHandler(nowhere)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = show
            yield
    finally:
        log.removeHandler(nowhere)
