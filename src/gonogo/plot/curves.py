"""ROC, precision-recall and PRO curves on axes, with the operating point and the limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gonogo.palette import Palette
from gonogo.plot.marks import SETTLED, Mark, Where, marks_of
from gonogo.plot.series import LevelName, Series, series_of
from gonogo.plot.style import Theme, canvas, explain, say, short
from gonogo.results import Level, PixelLevel
from gonogo.shown import shown
from gonogo.types import Band, Curve

__all__ = ["pr", "pro", "roc"]

_DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))


def roc(
    result: Any,
    ax: Any = None,
    *,
    level: LevelName | None = None,
    category: str | None = None,
    threshold: Where = SETTLED,
    log: bool = False,
    theme: Theme = "light",
) -> Any:
    """Draw false positive rate against true positive rate.

    Args:
        result: a :class:`~gonogo.Result` (both levels), a :class:`~gonogo.Run` (each category), a
            :class:`~gonogo.Level`, a :class:`~gonogo.Curve`, the folder of a run, or several of
            them to compare, as a mapping of names or a list. A certified curve is drawn as the band
            that contains it; one that the data does not define says why on the axes.
        ax: matplotlib axes to draw on, or an empty figure; by default those of a new figure.
        level: ``"image"`` or ``"pixel"``; by default both of a single result, and of several the
            pixel level where all have one.
        category: the one to draw, of a run with several.
        threshold: where to mark the operating point: ``"settled"``, at the threshold that was
            settled for the result, else at the best F1; a policy such as ``"f1"`` or
            ``"recall>=0.99"``, a number (of one level), a :class:`~gonogo.Threshold`, or None. A
            point that is only known to lie between two points of the curve has an empty marker.
        log: a logarithmic axis of the false positive rate.
        theme: ``"light"`` or ``"dark"``.

    Returns:
        The axes. The lines hold the points of ``level.roc_curve(thin=True)``.

    Raises:
        InputError: there is nothing to draw, or an argument is none of the above.
        MissingExtra: matplotlib is not installed (the extra ``plot``).
    """
    series = series_of(result, "roc", level, category)
    marks = marks_of(series, "roc", threshold)
    with canvas(ax, theme) as (axes, palette):
        even = np.array([0.0, 1.0]) if not log else np.geomspace(1e-9, 1.0, 200)
        axes.plot(even, even, color=palette.line, linewidth=1.0, zorder=1, label="_chance")
        _, entries = _draw(axes, palette, series, marks, _auroc)
        _finish(axes, "false positive rate", "true positive rate", series, log=log)
        explain(axes, entries)
        axes.set_title("ROC")
    return axes


def pr(
    result: Any,
    ax: Any = None,
    *,
    level: LevelName | None = None,
    category: str | None = None,
    threshold: Where = SETTLED,
    theme: Theme = "light",
) -> Any:
    """Draw recall against precision; the dotted line is the precision of flagging everything.

    Arguments, result and errors as of :func:`roc`.
    """
    series = series_of(result, "pr", level, category)
    marks = marks_of(series, "pr", threshold)
    with canvas(ax, theme) as (axes, palette):
        colours, entries = _draw(axes, palette, series, marks, _average_precision)
        for one, colour in zip(series, colours, strict=True):
            if one.level is not None and one.curve.reason is None:
                share = one.level.anomalous / (one.level.anomalous + one.level.normal)
                axes.axhline(share, color=colour, linewidth=0.9, linestyle=":", zorder=1)
        _finish(axes, "recall", "precision", series)
        explain(axes, entries)
        axes.set_title("precision and recall")
    return axes


def pro(
    result: Any,
    ax: Any = None,
    *,
    category: str | None = None,
    threshold: Where = SETTLED,
    log: bool = False,
    theme: Theme = "light",
) -> Any:
    """Draw false positive rate against mean region coverage, with the limits of AUPRO marked.

    The axis ends a little beyond the highest limit. Arguments, result and errors as of :func:`roc`;
    the level is always that of pixels.
    """
    series = series_of(result, "pro", None, category)
    marks = marks_of(series, "pro", threshold)
    limits = sorted({at for one in series for at in getattr(one.level, "aupro", {})})
    with canvas(ax, theme) as (axes, palette):
        _, entries = _draw(axes, palette, series, marks, _aupro)
        for limit in limits:
            axes.axvline(limit, color=palette.quiet, linewidth=0.9, linestyle="--", zorder=1)
            axes.annotate(
                f"limit {limit:g}",
                *((limit, 0.02), (-2.0, 0.0)),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                rotation=90,
                ha="right",
                va="bottom",
                color=palette.quiet,
                fontsize=8,
            )
        right = min(1.0, 1.15 * limits[-1]) if limits else 1.0
        _finish(axes, "false positive rate", "mean coverage of regions", series, log, right)
        explain(axes, entries)
        axes.set_title("PRO")
    return axes


def _draw(
    axes: Any,
    palette: Palette,
    series: list[Series],
    marks: list[Mark | None],
    area: Callable[[Level], str],
) -> tuple[list[str], list[list[tuple[Any, str]]]]:
    """Draw lines, bands and marks; the colour of each series, and what to explain."""
    styles = [(colour, dashes) for dashes in _DASHES for colour in palette.series()]
    if len(series) <= len(_DASHES):
        styles = list(zip(palette.series(), _DASHES, strict=False))
    styles *= -(-len(series) // len(styles))
    lines: list[tuple[Any, str]] = []
    points: list[tuple[Any, str]] = []
    for one, mark, (colour, dashes) in zip(series, marks, styles, strict=False):
        name = short(one.name)
        if one.curve.reason is not None:
            lines.append((_line(axes, one.curve, linestyle=""), f"{name}: {one.curve.reason}"))
            continue
        label = name if one.level is None else f"{name}  {area(one.level)}"
        lines.append((_line(axes, one.curve, color=colour, linestyle=dashes), label))
        if mark is not None:
            points.append((_marker(axes, palette, mark, colour), mark.label))
    reasons = [f"{short(one.name)}: {one.curve.reason}" for one in series if one.curve.reason]
    if len(reasons) == len(series):
        say(axes, palette, reasons)
        lines = []
    return [colour for colour, _ in styles[: len(series)]], [lines, points]


def _marker(axes: Any, palette: Palette, mark: Mark, colour: str) -> Any:
    """A dot at the operating point; a ring where it is known between two points alone."""
    (dot,) = axes.plot(
        *([mark.x], [mark.y]),
        color=colour,
        marker="o",
        markersize=7,
        markerfacecolor=colour if mark.exact else palette.background,
        markeredgecolor=palette.background if mark.exact else colour,
        markeredgewidth=1.4,
        linestyle="",
        zorder=4,
        clip_on=False,
        label=mark.label,
    )
    return dot


def _line(axes: Any, curve: Curve | Band, **style: Any) -> Any:
    """The line of a curve, or of both ends of a band with colour between them."""
    if isinstance(curve, Curve):
        (line,) = axes.plot(curve.x, curve.y, zorder=3, **style)
        return line
    lower, upper = curve.lower, curve.upper
    x = np.concatenate([lower.x, upper.x[::-1]])
    y = np.concatenate([lower.y, upper.y[::-1]])
    axes.fill(x, y, color=style["color"], alpha=0.3, linewidth=0.0, zorder=2)
    ends = [axes.plot(end.x, end.y, zorder=3, linewidth=1.0, **style)[0] for end in (lower, upper)]
    return ends[0]


def _finish(
    axes: Any,
    x_label: str,
    y_label: str,
    series: list[Series],
    log: bool = False,
    right: float = 1.0,
) -> None:
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_ylim(0.0, 1.02)
    if log:
        axes.set_xscale("log")
        axes.set_xlim(_smallest(series), right)
    else:
        axes.set_xlim(-0.01 * right, right * 1.01)


def _smallest(series: list[Series]) -> float:
    """The lowest rate above 0 that any curve has."""
    curves = [
        curve
        for one in series
        for curve in (
            (one.curve,) if isinstance(one.curve, Curve) else (one.curve.lower, one.curve.upper)
        )
    ]
    rates = np.concatenate([curve.x for curve in curves])
    return float(min(rates[rates > 0.0], default=1e-3))


def _auroc(level: Level) -> str:
    return f"AUROC {shown(level.auroc)}"


def _average_precision(level: Level) -> str:
    return f"AP {shown(level.average_precision)}"


def _aupro(level: Level) -> str:
    if not isinstance(level, PixelLevel):
        return ""
    return ", ".join(f"AUPRO@{limit:g} {shown(value)}" for limit, value in level.aupro.items())
