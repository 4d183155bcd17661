"""Curves as figures, to save or to hand to a logger; nothing is shown on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gonogo.errors import MissingExtra
from gonogo.metrics import thinned
from gonogo.types import Band, Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Axes", "figure_of"]


@dataclass(frozen=True)
class Axes:
    """What stands at the axes and beside the curve; ``limit`` is where the x axis ends."""

    x: str
    y: str
    label: str
    limit: float = 1.0


def figure_of(
    curve: Curve | Band, axes: Axes, *, chance: tuple[float, float] | None = None
) -> Figure:
    """A curve, or the band that certainly contains it; ``chance`` is the line of a blind guess.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        needs = "generate_figure needs matplotlib"
        raise MissingExtra.of("torch", needs=needs) from error
    figure = Figure(figsize=(5.0, 5.0), layout="constrained")
    plot = figure.add_subplot()
    if isinstance(curve, Band):
        below, above = (thinned(side) for side in (curve.lower, curve.upper))
        plot.fill(
            [*below.x, *above.x[::-1]], [*below.y, *above.y[::-1]], alpha=0.3, label=axes.label
        )
        plot.plot(below.x, below.y, linewidth=1.0, color="C0")
        plot.plot(above.x, above.y, linewidth=1.0, color="C0")
    else:
        points = thinned(curve)
        plot.plot(points.x, points.y, label=axes.label)
    if chance is not None:
        plot.plot([0.0, 1.0], chance, linestyle="--", linewidth=1.0, color="gray", label="chance")
    plot.set(xlabel=axes.x, ylabel=axes.y, xlim=(0.0, axes.limit), ylim=(0.0, 1.0))
    plot.grid(alpha=0.3)
    plot.legend(loc="lower right")
    return figure
