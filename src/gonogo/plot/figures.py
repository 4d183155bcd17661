"""The figures of a run as the content of files."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Literal, get_args

from gonogo.errors import InputError, InputWarning, warn
from gonogo.plot.curves import pr, pro, roc
from gonogo.plot.grid import grid
from gonogo.plot.histogram import By, histogram
from gonogo.plot.library import library
from gonogo.results import Run

__all__ = ["FigureKind", "figure_files"]

FigureKind = Literal["png", "pdf", "svg"]

_NO_DATE: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}


def figure_files(run: Run, kind: FigureKind) -> dict[str, bytes]:
    """Figures of every category by name: ``roc.png``, of several categories ``brick/roc.png``.

    ROC, PR, PRO (with pixels) and histogram, and a grid of images where the run knows where they
    are; one that cannot be read is told as a warning. The same run gives the same bytes.

    Raises:
        InputError: the kind is none of ``png``, ``pdf`` and ``svg``.
        MissingExtra: matplotlib is not installed (the extra ``plot``).
    """
    if kind not in get_args(FigureKind):
        raise InputError(f"figures: found {kind!r}; expected {', '.join(get_args(FigureKind))}")
    folders = _folders(list(run.categories))
    return {
        str(PurePosixPath(folders[category], f"{name}.{kind}")): content
        for category in run.categories
        for name, content in _of_category(run, category, kind)
    }


def _of_category(run: Run, category: str, kind: FigureKind) -> Iterator[tuple[str, bytes]]:
    figures: dict[str, Callable[..., Any]] = {"roc": roc, "pr": pr}
    if run.categories[category].pixel is not None:
        figures["pro"] = pro
    figures["histogram"] = partial(histogram, by=_by(run, category))
    for name, figure in figures.items():
        yield name, _content(partial(figure, category=category), run, kind)
    if run.originals.get(category) or run.origin is not None:
        try:
            yield "grid", _content(partial(grid, category=category), run, kind)
        except (InputError, OSError) as error:
            warn(f"figures: left out the grid of images of {category}: {error}", InputWarning)


def _folders(categories: Sequence[str]) -> dict[str, str]:
    """A folder of its own for each category, with a name that every system takes."""
    if len(categories) == 1:
        return {categories[0]: ""}
    found: dict[str, str] = {}
    for category in categories:
        plain = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", category).rstrip(". ")
        name = plain = f"_{plain}" if plain.startswith(".") or not plain else plain
        number = 1
        while name.casefold() in map(str.casefold, found.values()):
            number += 1
            name = f"{plain}-{number}"
        found[category] = name
    return found


def _by(run: Run, category: str) -> By:
    return "defect" if run.categories[category].by_defect else "class"


def _content(draw: Callable[..., Any], run: Run, kind: FigureKind) -> bytes:
    figure = library("matplotlib.figure").Figure()
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A name may have letters that matplotlib's own font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        draw(run, figure)
        with library("matplotlib").rc_context({"svg.hashsalt": "gonogo", "pdf.fonttype": 42}):
            figure.savefig(buffer, format=kind, dpi=200, metadata=_NO_DATE[kind])
    return buffer.getvalue()
