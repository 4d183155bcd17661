"""The command line: parse, call, print."""

from __future__ import annotations

import sys

from gonogo.errors import MissingExtra

__all__ = ["main"]


def main() -> None:
    """Run ``gonogo`` with the arguments of this process."""
    try:
        from gonogo.cli.app import app
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in ("typer", "rich", "click"):
            raise
        missing = MissingExtra.of("cli", needs=f"the command line needs {error.name}")
        print(f"gonogo: error: {missing}", file=sys.stderr)
        raise SystemExit(2) from None
    app()
