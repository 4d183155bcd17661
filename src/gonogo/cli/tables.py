"""The report of a run, drawn for a terminal or for a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from gonogo.cli.rates import fpr_table, recall_table
from gonogo.cli.thresholds import threshold_tables
from gonogo.results import Run, Table, count_table, defect_table, run_table, told

__all__ = ["render"]

_SHORT_NAME = 12


def render(
    run: Run, *, by_defect: bool = False, at_fpr: bool = False, at_recall: bool = False
) -> str:
    """The tables of a run, what was asked for beside them, and what is undefined."""
    tables: list[tuple[str | None, Table]] = [(None, run_table(run)), (None, count_table(run))]
    if by_defect:
        tables += [
            (f"{name}, by defect", defect_table(result))
            for name, result in run.categories.items()
            if result.by_defect
        ]
    tables += [fpr_table(run)] * at_fpr
    tables += [recall_table(run)] * at_recall
    tables += threshold_tables(run)
    console = Console(highlight=False)
    drawn = [one for title, table in tables for one in _fitting(table, title, console.width)]
    console.width = max(console.width, *(_narrowest(table) for table in drawn))
    blocks = [_text(console, table) for table in drawn]
    notes = [*(_without_defects(run) if by_defect else ()), *_undefined(run, by_defect=by_defect)]
    if notes:
        blocks.append("\n".join(_wrapped(note, console.width) for note in notes))
    return "\n\n".join(blocks)


def _fitting(table: Table, title: str | None, width: int) -> list[RichTable]:
    """The table, or where that is too wide its groups of columns one below the other."""
    whole = _drawn(table, title)
    if not table.groups or _narrowest(whole) <= width:
        return [whole]
    first, *others = table.parts()
    return [_drawn(first, title), *map(_drawn, others)]


def _text(console: Console, table: RichTable) -> str:
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _drawn(table: Table, title: str | None = None) -> RichTable:
    """Numbers are never cut or wrapped; long names are."""
    drawn = RichTable(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    over = [text for name, span in table.groups for text in (name, *[""] * (span - 1))]
    for place, header in enumerate(table.headers):
        heading = f"{over[place]}\n{header}" if over else header
        if place == 0:
            drawn.add_column(heading, overflow="fold")
        else:
            drawn.add_column(heading, justify="right", no_wrap=True)
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    if table.summary is not None:
        drawn.add_section()
        drawn.add_row(*map(Text, table.summary), style="bold")
    return drawn


def _narrowest(table: RichTable) -> int:
    """The width at which no number is cut and names have some room before they are folded."""
    name = table.columns[0]
    name.max_width = _SHORT_NAME
    width = Console(width=1000).measure(table).maximum
    name.max_width = None
    return width


def _without_defects(run: Run) -> Iterator[str]:
    for category, result in run.categories.items():
        if not result.by_defect:
            yield (
                f"{category}, by defect: none; defect types are the names of the folders in "
                "MVTec AD's layout"
            )


def _undefined(run: Run, *, by_defect: bool) -> Iterator[str]:
    """A line for each category and reason, with the metrics that it leaves without a value."""
    for category, result in run.categories.items():
        reasons = {
            name: reason
            for name, reason in result.undefined.items()
            if by_defect or not name.startswith("by_defect")
        }
        for line in told(reasons):
            yield f"undefined in {category}: {line}"


def _wrapped(note: str, width: int) -> str:
    return fill(note, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
