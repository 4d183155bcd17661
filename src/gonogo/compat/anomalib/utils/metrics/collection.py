"""Several metrics under one threshold as anomalib 0.x collects them."""

from __future__ import annotations

from typing import Any

from torchmetrics import MetricCollection

from gonogo.errors import InputError
from gonogo.torch.metric import is_binary, refuse_sigmoid

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
        """Hand a threshold to every metric that has one to set.

        Raises:
            InputError: it is beyond [0, 1], for a class of torchmetrics, which passes such scores
                through a sigmoid.
        """
        threshold = float(threshold_value)
        decide = {
            name: metric
            for name, metric in self.items(keep_base=True, copy_state=False)
            if isinstance(getattr(metric, "threshold", None), float)
        }
        squashed = [name for name, metric in decide.items() if is_binary(metric)]
        if squashed and not 0.0 <= threshold <= 1.0:
            raise InputError(
                f"threshold: found {threshold:g} for {squashed[0]} of torchmetrics, which passes "
                "scores beyond [0, 1] through a sigmoid; take the metric of gonogo.torch: F1Score, "
                "Precision, Recall or Accuracy"
            )
        self._threshold = threshold
        for metric in decide.values():
            metric.threshold = threshold

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Count a batch in every metric.

        Raises:
            InputError: it has scores beyond [0, 1], for a class of torchmetrics.
        """
        self._refuse_sigmoid(args, kwargs)
        super().update(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Count a batch in every metric; what each gives for it alone."""
        self._refuse_sigmoid(args, kwargs)
        return super().forward(*args, **kwargs)

    def _refuse_sigmoid(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        values = args or (kwargs.get("preds"),)
        for name, metric in self.items(keep_base=True, copy_state=False):
            refuse_sigmoid(metric, values, name)

    def add_metrics(self, *args: Any, **kwargs: Any) -> None:
        """As in torchmetrics, for metrics only.

        Raises:
            InputError: something is no metric.
        """
        try:
            super().add_metrics(*args, **kwargs)
        except ValueError as error:
            raise InputError(f"metrics: {error}") from None
