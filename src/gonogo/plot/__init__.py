"""Figures of results on matplotlib axes; the extra ``plot``."""

from gonogo.plot.curves import pr, pro, roc
from gonogo.plot.figures import FigureKind, figure_files
from gonogo.plot.grid import grid
from gonogo.plot.heat import heatmap
from gonogo.plot.histogram import histogram
from gonogo.plot.library import refuse_missing

__all__ = [
    "FigureKind",
    "figure_files",
    "grid",
    "heatmap",
    "histogram",
    "pr",
    "pro",
    "refuse_missing",
    "roc",
]
