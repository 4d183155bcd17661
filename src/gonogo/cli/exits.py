"""How a command ends when something is raised: one line on stderr, and the exit code.

0: done. 1: our fault. 2: bad usage or input. 3: an anomaly, with --fail-on-anomaly. 130: Ctrl-C.
141: the reader of our output went away.
"""

from __future__ import annotations

import os
import sys
import traceback

from gonogo.cli.option_names import in_options
from gonogo.cli.output import printable, tell
from gonogo.errors import GonogoError

__all__ = ["exit_code"]


def exit_code(error: BaseException, *, debug: bool) -> int | None:
    """Tell the user about an error and say how to exit; None for one that is not to be caught."""
    if isinstance(error, KeyboardInterrupt):
        tell(": ".join(["interrupted", *map(str, error.args)]))
        return 130
    if isinstance(error, BrokenPipeError):
        _drop_output()
        return 141
    if not isinstance(error, Exception):
        return None
    if debug:
        sys.stderr.write(printable("".join(traceback.format_exception(error))))
    if isinstance(error, GonogoError):
        tell(f"error: {in_options(str(error))}")
        return 2
    if hasattr(error, "format_message"):  # what typer raises for wrong usage, by whichever name
        context = getattr(error, "ctx", None)
        see = f" (see {context.command_path} --help)" if context is not None else ""
        tell(f"error: {error.format_message().replace(': Value error, ', ': ')}{see}")
        return 2
    if isinstance(error, OSError) and error.strerror:
        if error.filename is None:  # files have names, what is printed has none
            _drop_output()
        tell(f"error: {error.filename or 'standard output'}: {error.strerror}")
        return 2
    if isinstance(error, MemoryError):
        tell("error: not enough memory for this data; evaluate fewer categories at a time")
        return 2
    advice = "" if debug else "; run it again with --debug for the traceback"
    tell(
        f"error: {type(error).__name__}: {error}. This is a defect of gonogo: "
        f"please report it with the command{advice}"
    )
    return 1


def _drop_output() -> None:
    """Let the interpreter flush into nothing when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
