"""Several metrics under one threshold as anomalib 0.x collects them."""

from __future__ import annotations

from typing import Any

from torchmetrics import MetricCollection

from gonogo.errors import InputError

__all__ = ["AnomalibMetricCollection"]


class AnomalibMetricCollection(MetricCollection):  # type: ignore[misc]  # torch ships no types here
    """A ``torchmetrics.MetricCollection`` that hands a threshold on to the metrics that take one.

    ``threshold`` is the one set last, 0.5 before; ``update_called`` whether there were any data.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._threshold = 0.5

    @property
    def threshold(self) -> float:
        """A score of at least this is anomalous, for the metrics that decide."""
        return self._threshold

    @property
    def update_called(self) -> bool:
        """Whether any of the metrics was updated."""
        return any(metric.update_called for metric in self.values(copy_state=False))

    def set_threshold(self, threshold_value: float) -> None:
        """Hand a threshold to every metric that has one to set."""
        self._threshold = float(threshold_value)
        for metric in self.values(copy_state=False):
            if isinstance(getattr(metric, "threshold", None), float):
                metric.threshold = self._threshold

    def add_metrics(self, *args: Any, **kwargs: Any) -> None:
        """As in torchmetrics, for metrics only.

        Raises:
            InputError: something is no metric.
        """
        try:
            super().add_metrics(*args, **kwargs)
        except ValueError as error:
            raise InputError(f"metrics: {error}") from None
