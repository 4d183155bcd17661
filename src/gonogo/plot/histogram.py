"""The scores of images by class or by defect, with the threshold between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gonogo.decisions import at_least
from gonogo.errors import InputError
from gonogo.palette import Palette
from gonogo.plot.library import library
from gonogo.plot.marks import SETTLED, Where, mark_of
from gonogo.plot.series import one_result
from gonogo.plot.style import Theme, canvas, explain, short
from gonogo.results import Result
from gonogo.results.bars import bar_edges
from gonogo.sorting import sortable
from gonogo.types import ImageRow

__all__ = ["By", "histogram"]

By = Literal["class", "defect"]
_HATCHES = ("////", "....", "\\\\\\\\", "xxxx", "oooo", "||||")


@dataclass(frozen=True)
class _Group:
    name: str
    scores: NDArray[np.float64]
    colour: str
    hatch: str | None
    filled: bool


def histogram(
    result: Any,
    ax: Any = None,
    *,
    by: By = "class",
    category: str | None = None,
    threshold: Where = SETTLED,
    bins: int | None = None,
    log: bool = False,
    theme: Theme = "light",
) -> Any:
    """Draw how many images have which score; what the threshold flags stands to its right.

    Args:
        result: a :class:`~gonogo.Result`, a :class:`~gonogo.Run` or the folder of a run.
        ax: matplotlib axes to draw on, or an empty figure; by default those of a new figure.
        by: ``"class"`` (normal, anomalous) or ``"defect"``, each defect type on its own.
        category: which one, of a run with several.
        threshold: as of :func:`roc`. It lies on the edge of a bar, so every bar is on one side.
        bins: how many bars the scores are to be divided into; by default found out.
        log: a logarithmic axis of counts.
        theme: ``"light"`` or ``"dark"``.

    Returns:
        The axes.

    Raises:
        InputError: there are several categories and none is named, or an argument is none of these.
        MissingExtra: matplotlib is not installed (the extra ``plot``).
    """
    if by not in get_args(By):
        raise InputError(f"by: found {by!r}; expected 'class' or 'defect'")
    if bins is not None and bins < 1:
        raise InputError(f"bins: found {bins!r}; expected at least 1, or None")
    one = one_result(result, category)
    mark = mark_of(one, threshold)
    at = None if mark is None or math.isnan(mark.threshold) else mark.threshold
    scores = [row.score for row in one.images]
    edges = bar_edges(scores, at, bins)
    with canvas(ax, theme) as (axes, palette):
        bars = _bars(axes, _groups(one.images, palette, by), edges, stacked=by == "defect")
        line: list[tuple[Any, str]] = []
        if mark is not None and at is not None:
            told = f"{mark.label}\n{_told(one, at)}"
            line = [(axes.axvline(at, color=palette.accent, linewidth=1.6, zorder=4), told)]
        axes.set_xlabel("image score")
        axes.set_ylabel("images")
        axes.yaxis.set_major_locator(library("matplotlib.ticker").MaxNLocator(integer=True))
        if log:
            axes.set_yscale("log")
            axes.set_ylim(bottom=0.5)
        axes.grid(visible=False, axis="x")
        half = (len(bars) + 1) // 2 if len(bars) > 2 else len(bars)
        explain(axes, [bars[:half], bars[half:], line])
        axes.set_title("image scores")
    return axes


def _groups(rows: Sequence[ImageRow], palette: Palette, by: By) -> list[_Group]:
    """Scores by what stands in the legend, and how their bars are drawn."""
    normal = _scores(row for row in rows if not row.label)
    found = [_Group("normal", normal, palette.normal, None, filled=True)]
    if by == "class":
        anomalous = _scores(row for row in rows if row.label)
        return [*found, _Group("anomalous", anomalous, palette.anomalous, "////", filled=False)]
    kinds = {row.defect or "" for row in rows if row.label}
    taken = (palette.normal, palette.accent)
    colours = [colour for colour in palette.series() if colour not in taken]
    for k, kind in enumerate(sorted(kinds)):
        scores = _scores(row for row in rows if row.label and (row.defect or "") == kind)
        name, hatch = short(kind, 24) or "anomalous", _HATCHES[k % len(_HATCHES)]
        found.append(_Group(name, scores, colours[k % len(colours)], hatch, filled=False))
    return found


def _scores(rows: Iterable[ImageRow]) -> NDArray[np.float64]:
    return np.array([row.score for row in rows], np.float64)


def _bars(
    axes: Any, groups: list[_Group], edges: NDArray[np.float64], *, stacked: bool
) -> list[tuple[Any, str]]:
    """Bars behind each other or, ``stacked``, on top of each other."""
    drawn = []
    below = np.zeros(len(edges) - 1)
    for group in groups:
        counts = np.histogram(sortable(group.scores), edges)[0]
        style: dict[str, Any] = {"edgecolor": group.colour, "hatch": group.hatch, "linewidth": 1.2}
        if group.filled:
            style |= {"fill": True, "facecolor": group.colour, "alpha": 0.55}
        else:
            style |= {"fill": True, "facecolor": "none"}
        patch = axes.stairs(below + counts, edges, baseline=below.copy(), zorder=3, **style)
        drawn.append((patch, f"{group.name} ({group.scores.size})"))
        below += counts * stacked
    return drawn


def _told(result: Result, threshold: float) -> str:
    scores = np.array([row.score for row in result.images], np.float64)
    labels = np.array([row.label for row in result.images], np.bool_)
    flagged = at_least(scores, threshold)
    missed, alarms = int((~flagged & labels).sum()), int((flagged & ~labels).sum())
    return f"{missed} missed, {alarms} false alarm{'s' * (alarms != 1)}"
