"""A progress bar on stderr, only where a person is looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gonogo.cli.output import printable

__all__ = ["folder_progress"]


@contextmanager
def folder_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """What to call after each image of a category; None where nobody looks."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("finding images", total=None)

        def show(category: str, done: int, total: int) -> None:
            progress.update(task, description=printable(category), completed=done, total=total)

        yield show
