"""The report of a run, drawn for a terminal or for a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from gonogo.cli.thresholds import threshold_tables
from gonogo.results import Run, Table, defect_table, run_table

__all__ = ["render"]

_SHORT_NAME = 12


def render(run: Run, *, by_defect: bool, tables: Sequence[tuple[str | None, Table]] = ()) -> str:
    """The table of a run (or others in its place), what was asked for beside it, what is undefined.

    A first table without a title is the one in its place.
    """
    instead = bool(tables) and tables[0][0] is None
    drawn = [] if instead else [_drawn(run_table(run))]
    drawn += [_drawn(table, title=title) for title, table in tables]
    if by_defect:
        drawn += [
            _drawn(defect_table(result), title=f"{name}, by defect")
            for name, result in run.categories.items()
            if result.by_defect
        ]
    drawn += [_drawn(table, title=title) for title, table in threshold_tables(run)]
    console = Console(highlight=False)
    console.width = max(console.width, *(_narrowest(table) for table in drawn))
    blocks = [_text(console, table) for table in drawn]
    undefined = list(_undefined(run, by_defect=by_defect))
    if undefined:
        blocks.append("\n".join(undefined))
    return "\n\n".join(blocks)


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
    console, name = Console(width=1000), table.columns[0]
    name.max_width = _SHORT_NAME
    width = console.measure(table).minimum
    name.max_width = None
    return width


def _undefined(run: Run, *, by_defect: bool) -> Iterator[str]:
    """A line for each category and reason, with the metrics that it leaves without a value."""
    for category, result in run.categories.items():
        metrics: dict[str, list[str]] = {}
        for metric, reason in result.undefined.items():
            if by_defect or not metric.startswith("by_defect"):
                metrics.setdefault(reason, []).append(metric)
        for reason, names in metrics.items():
            yield f"undefined in {category}: {', '.join(names)}: {reason}"
