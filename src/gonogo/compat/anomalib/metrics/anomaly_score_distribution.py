"""The distribution of normal scores as anomalib 2 calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.rounded import RoundedMixin
from gonogo.errors import InputError, MissingExtra
from gonogo.sorting import sortable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["AnomalyScoreDistribution"]


class AnomalyScoreDistribution(RoundedMixin, metrics.AnomalyScoreDistribution):
    """Mean and standard deviation of the logarithms of normal scores, and a histogram of scores.

    :class:`gonogo.torch.AnomalyScoreDistribution`; ``update`` takes ``labels=`` for :meth:`plot`.
    ``compute`` gives float32, ``unrounded`` then is the same in float64. ``reset`` forgets the
    scores, which anomalib keeps.
    """

    def plot(
        self,
        bins: int = 30,
        good_color: str = "skyblue",
        bad_color: str = "salmon",
        xlabel: str = "Score",
        ylabel: str = "Relative Count",
        title: str = "Score Histogram",
        legend_labels: tuple[str, str] = ("Good", "Bad"),
    ) -> tuple[Figure, str]:
        """A histogram of the image scores by label, each class's bars adding up to 1; its title.

        Raises:
            InputError: no image scores, or some that came without labels.
            MissingExtra: matplotlib is not installed.
        """
        scores, labels = self._labelled()
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingExtra.of("torch", needs="plot needs matplotlib") from error
        figure = Figure(layout="constrained")
        axes = figure.add_subplot()
        edges = np.histogram_bin_edges(sortable(scores), bins)
        for anomalous, color, label in zip(
            (False, True), (good_color, bad_color), legend_labels, strict=True
        ):
            part = scores[labels == anomalous]
            share = np.full(len(part), 1.0 / max(len(part), 1))
            axes.hist(part, edges.tolist(), weights=share, color=color, alpha=0.7, label=label)
        axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
        axes.legend()
        return figure, title

    def _labelled(self) -> tuple[Any, Any]:
        """The image scores and whether they are anomalous."""
        counts = [sum(len(part) for part in parts) for parts in (self.image_scores, self.labels)]
        if counts[0] == 0 or counts[0] != counts[1]:
            raise InputError(
                f"{self.name}: found {counts[0]} image scores and labels for {counts[1]} of them; "
                "a histogram needs update(anomaly_scores=..., labels=...) in each update"
            )
        scores = torch.cat([part.cpu().double() for part in self.image_scores]).numpy()
        return scores, torch.cat([part.cpu() for part in self.labels]).numpy()


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
