"""What heat maps on axes have in common: outlines with a black edge, captions, the colour bar."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gonogo.decisions import at_least
from gonogo.drawing import HeatScale, score_range
from gonogo.palette import PREDICTED, TRUTH, Palette
from gonogo.plot.library import library
from gonogo.plot.marks import Mark
from gonogo.plot.style import colour_map
from gonogo.report.heat import heat_steps
from gonogo.results import Result
from gonogo.types import Array, ImageRow

__all__ = ["bare", "caption", "colour_bar", "heat_scale", "outcome_of", "outline", "outline_legend"]

_WORDS = {"missed": "missed", "false_alarm": "false alarm", "right": "right"}


def heat_scale(result: Result) -> HeatScale:
    """The scale of colours that the report has, too."""
    best = math.nan if result.pixel is None else float(result.pixel.f1_max.threshold)
    steps = heat_steps(result.images, [], [], middle=None if math.isnan(best) else best)
    return HeatScale(0.0, 1.0) if steps is None else HeatScale(steps.low, steps.high)


def outline(axes: Any, flags: Array | None, colour: str, left: float = 0.0) -> None:
    """A line around what is flagged, in pixels from ``left`` and the top."""
    if flags is None or not np.any(flags):
        return
    padded = np.pad(np.asarray(flags, np.float64), 1)
    places = [np.arange(length) - 1.0 for length in padded.shape]
    lines = axes.contour(
        *(left + places[1], places[0], padded), levels=[0.5], colors=[colour], linewidths=1.1
    )
    lines.set_path_effects(_edge(2.4))


def outline_legend(flagging: Mark | None, *, masked: bool) -> list[tuple[Any, str]]:
    """What the outlines are."""
    lines = [(_handle(TRUTH), "ground truth")] if masked else []
    if flagging is not None:
        lines.append((_handle(PREDICTED), f"pixel {flagging.label}"))
    return lines


def outcome_of(row: ImageRow, mark: Mark | None) -> str | None:
    """``missed``, ``false_alarm`` or ``right`` at a threshold; None where there is none."""
    if mark is None or math.isnan(mark.threshold):
        return None
    flagged = bool(at_least(np.array([row.score]), mark.threshold)[0])
    return "right" if flagged == row.label else "missed" if row.label else "false_alarm"


def caption(row: ImageRow, mark: Mark | None) -> str:
    """What an image is, what it was taken for, and its score."""
    outcome, what = outcome_of(row, mark), "anomalous" if row.label else "normal"
    if outcome == "right":
        what = f"right, {what}"
    return f"{what if outcome in (None, 'right') else _WORDS[str(outcome)]}: {row.score:.4g}"


def colour_bar(axes: Any, palette: Palette, result: Result, scale: HeatScale) -> None:
    """The scale of colours beside the axes; an end with an arrow has scores beyond it."""
    low, high = score_range(result)
    beyond = {(True, True): "both", (True, False): "min", (False, True): "max"}
    norm = library("matplotlib.colors").Normalize(scale.low, scale.high)
    bar = axes.figure.colorbar(
        library("matplotlib.cm").ScalarMappable(norm, colour_map()),
        ax=axes,
        fraction=0.035,
        pad=0.02,
        shrink=0.9 if axes.figure.get_figheight() < 5.0 else 3.0 / axes.figure.get_figheight(),
        aspect=22,
        anchor=(0.0, 1.0),
        extend=beyond.get((low < scale.low, high > scale.high), "neither"),
    )
    bar.set_label("pixel score", color=palette.ink)


def bare(axes: Any, palette: Palette) -> None:
    """No ticks, and a thin frame."""
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(visible=True, color=palette.line, linewidth=0.6)


def _handle(colour: str) -> Any:
    line = library("matplotlib.lines").Line2D([], [], color=colour, linewidth=1.6)
    line.set_path_effects(_edge(3.2))
    return line


def _edge(width: float) -> list[Any]:
    effects = library("matplotlib.patheffects")
    return [effects.Stroke(linewidth=width, foreground="black"), effects.Normal()]
