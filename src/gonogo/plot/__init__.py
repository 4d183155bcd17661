"""Figures of results on matplotlib axes; the extra ``plot``."""

from gonogo.plot.curves import pr, pro, roc
from gonogo.plot.grid import grid
from gonogo.plot.heat import heatmap
from gonogo.plot.histogram import histogram

__all__ = ["grid", "heatmap", "histogram", "pr", "pro", "roc"]
