"""What an evaluation prints: tables and the files written, or the document of its results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from gonogo.cli.output import answer, one_line
from gonogo.results import Run, Table

__all__ = ["Tables", "show_run", "told_files"]

Tables = Sequence[tuple[str | None, Table]]
"""Titles and tables."""


def show_run(
    run: Run,
    files: Sequence[Path],
    tables: Tables,
    *,
    command: Sequence[str],
    by_defect: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print a run, with more tables; see :func:`gonogo.cli.tables.render`."""
    if as_json:
        answer(json.dumps(run.to_dict(command=command), indent=2, allow_nan=False))
    elif not quiet:
        from gonogo.cli.tables import render

        report = render(run, by_defect=by_defect, tables=tables)
        wrote = [f"wrote {one_line(file)}" for file in files]
        answer("\n".join([report, *([""] if files else []), *wrote]), drawn=True)


def told_files(out: Path, files: Sequence[Path]) -> list[Path]:
    """The files to tell of: figures and pictures by their folder, once."""
    folders = (out / "figures", out / "images")
    return list(
        dict.fromkeys(
            next((folder for folder in folders if folder in one.parents), one) for one in files
        )
    )
