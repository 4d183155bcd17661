"""Curves as figures, to save or to hand to a logger; nothing is shown on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gonogo.errors import MissingExtra
from gonogo.metrics import thinned
from gonogo.types import Band, Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Axes", "Drawing", "DrawsCurve"]


@dataclass(frozen=True)
class Axes:
    """What stands at the axes and beside the curve; ``limit`` is where the x axis ends."""

    x: str
    y: str
    label: str
    limit: float = 1.0


@dataclass(frozen=True)
class Drawing:
    """A curve, or the band that certainly contains it; ``chance`` is the line of a blind guess."""

    curve: Curve | Band
    axes: Axes
    title: str
    chance: tuple[float, float] | None = None


class DrawsCurve:
    """A metric that has a curve; put it before the metric."""

    def drawing(self) -> Drawing:
        """The curve of all data so far, and what stands around it."""
        raise NotImplementedError

    def generate_figure(self) -> tuple[Figure, str]:
        """The curve as a figure, and its title: ``"ROC"``, ``"PR"`` or ``"PRO"``.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        drawing = self.drawing()
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            needs = "generate_figure needs matplotlib"
            raise MissingExtra.of("torch", needs=needs) from error
        figure = Figure(figsize=(5.0, 5.0), layout="constrained")
        _draw(drawing, figure.add_subplot())
        return figure, drawing.title

    def plot(self, val: Any = None, ax: Any = None) -> tuple[Any, Any]:
        """Draw the curve; or values of ``compute``, one or a list, as torchmetrics does.

        Args:
            val: values of ``compute`` or ``forward``, to be drawn as points in place of the curve.
            ax: matplotlib axes to draw on; without them a new figure is made.

        Returns:
            The figure and the axes.
        """
        if val is not None:
            drawn: tuple[Any, Any] = super().plot(val, ax)  # type: ignore[misc]
            return drawn
        if ax is None:
            figure, _ = self.generate_figure()
            return figure, figure.axes[0]
        _draw(self.drawing(), ax)
        return ax.figure, ax


def _draw(drawing: Drawing, plot: Any) -> None:
    axes, curve = drawing.axes, drawing.curve
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
    if drawing.chance is not None:
        plot.plot(
            [0.0, 1.0], drawing.chance, linestyle="--", linewidth=1.0, color="gray", label="chance"
        )
    plot.set(xlabel=axes.x, ylabel=axes.y, xlim=(0.0, axes.limit), ylim=(0.0, 1.0))
    plot.grid(alpha=0.3)
    plot.legend(loc="lower right")
