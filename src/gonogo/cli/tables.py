"""The report of a run, drawn for a terminal or for a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from textwrap import fill

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from gonogo.cli.output import printable, shortened
from gonogo.cli.skipped import skipped_notes
from gonogo.cli.sparkline import sparklines
from gonogo.cli.thresholds import threshold_tables
from gonogo.results import Run, Table, count_table, defect_table, run_table, told
from gonogo.shown import legend

__all__ = ["draw", "render"]

_SHORT_NAME = 12


def render(
    run: Run, *, by_defect: bool = False, tables: Sequence[tuple[str | None, Table]] = ()
) -> str:
    """The tables of a run, what was asked for beside them, and what is undefined.

    A first of ``tables`` without a title stands in the place of the standard one.
    """
    instead = bool(tables) and tables[0][0] is None
    first, others = (tables[0][1], tables[1:]) if instead else (run_table(run), tables)
    shown: list[tuple[str | None, Table]] = [(None, first), (None, count_table(run))]
    if by_defect:
        shown += [
            (f"{name}, by defect", defect_table(result))
            for name, result in run.categories.items()
            if result.by_defect
        ]
    shown += [*others, *threshold_tables(run)]
    notes = [
        *(_without_defects(run) if by_defect else ()),
        *_undefined(run, by_defect=by_defect),
    ]
    return draw(shown, notes, listed=list(skipped_notes(run)), run=run)


def draw(
    tables: Iterable[tuple[str | None, Table]],
    notes: Sequence[str] = (),
    *,
    listed: Sequence[str] = (),
    short_name: int = _SHORT_NAME,
    run: Run | None = None,
) -> str:
    """Tables with their titles, as wide as the terminal if that will do, and notes below them.

    What a ± means stands below the tables. Above the notes what is ``listed``, which is wrapped for
    a terminal only: it names files. Between them the histograms of the scores of a ``run``.

    The first column is folded where it must be, but not below ``short_name`` characters.
    """
    console = Console(highlight=False)
    tables = [(None if one is None else printable(one), _printable(table)) for one, table in tables]
    drawn = [
        one for title, table in tables for one in _fitting(table, title, console.width, short_name)
    ]
    console.width = max(console.width, *(_narrowest(table, short_name) for table in drawn))
    blocks = [_text(console, table) for table in drawn]
    blocks += legend(cell for _, table in tables for cell in table.cells)
    if run is not None:
        plain = not _holds_blocks(sys.stdout.encoding)
        blocks += [_text(console, *one) for one in sparklines(run, console.width, plain=plain)]
    listed, notes = ([shortened(printable(line)) for line in some] for some in (listed, notes))
    lines = [_wrapped(line, console.width) if console.is_terminal else line for line in listed]
    lines += [_wrapped(note, console.width) for note in notes]
    if lines:
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _printable(table: Table) -> Table:
    """The table as a terminal may show it; names come from files."""
    return replace(
        table,
        headers=tuple(map(printable, table.headers)),
        rows=tuple(tuple(map(printable, row)) for row in table.rows),
        summary=None if table.summary is None else tuple(map(printable, table.summary)),
    )


def _fitting(table: Table, title: str | None, width: int, short_name: int) -> Iterator[RichTable]:
    """The table, or where that is too wide its groups of columns one below the other.

    Headers are folded at their ``@`` where that is enough; a group of intervals that is too wide
    by itself is cut in two.
    """
    if not table.groups:
        yield _drawn(table, title)
        return
    folded = replace(table, headers=tuple(one.replace("@", "\n@") for one in table.headers))
    if _narrowest(_drawn(table), short_name) > width >= _narrowest(_drawn(folded), short_name):
        table = folded
    table = _cut(table, width, short_name)
    first, final = 1, len(table.groups) - 1
    while first <= final:
        last = final
        while last > first and _narrowest(_drawn(table.part(first, last)), short_name) > width:
            last -= 1
        yield _drawn(table.part(first, last), title)
        first, title = last + 1, None


def _cut(table: Table, width: int, short_name: int) -> Table:
    """The table with its groups of intervals that are wider than that cut in two."""
    groups = [table.groups[0]]
    for place, (name, span) in enumerate(table.groups[1:], start=1):
        part = table.part(place, place)
        wide = legend(part.cells) and _narrowest(_drawn(part), short_name) > width
        half = (span + 1) // 2
        groups += [(name, half), (name, span - half)] if wide and span > 1 else [(name, span)]
    return replace(table, groups=tuple(groups))


def _text(console: Console, *parts: RichTable | Text) -> str:
    with console.capture() as captured:
        for part in parts:
            console.print(part, overflow="ignore", no_wrap=True, crop=False)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _holds_blocks(encoding: str | None) -> bool:
    try:
        "▁│█≥".encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _drawn(table: Table, title: str | None = None) -> RichTable:
    """Numbers are never cut or wrapped; long names are."""
    drawn = RichTable(
        title=None if title is None else Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )
    over = [text for name, span in table.groups for text in (name, *[""] * (span - 1))]
    lines = max(header.count("\n") for header in table.headers)
    for place, words in enumerate(table.headers):
        header = "\n" * (lines - words.count("\n")) + words
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


def _narrowest(table: RichTable, short_name: int) -> int:
    """The width at which no number is cut and names have some room before they are folded."""
    name = table.columns[0]
    name.max_width = short_name
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
