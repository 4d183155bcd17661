"""Several metrics that are updated together, those that count the same by one state from the start.

``torchmetrics.MetricCollection`` does with these metrics, too: it lets each count the first batch,
then compares what they have, number by number, to find out what is known beforehand here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torchmetrics

__all__ = ["MetricCollection", "that_share"]


class MetricCollection(torchmetrics.MetricCollection):  # type: ignore[misc]  # torch has no types
    """``torchmetrics.MetricCollection`` whose first batch takes no longer than those that follow.

    Metrics over the same fields with the same settings share a state, as they say themselves
    (:meth:`AnomalyMetric.shares_with`); all others keep their own.

    Args:
        metrics: as in torchmetrics: one, a list, or a dictionary of them, or of collections.
        additional_metrics: more of them.
        prefix: comes before all names.
        postfix: comes behind all names.
        compute_groups: as in torchmetrics; False for a state of its own for every metric.

    >>> from gonogo.torch import AUPRO, AUROC, F1Score, MetricCollection
    >>> MetricCollection([AUROC(), F1Score(threshold=30.0), AUPRO()]).compute_groups
    {0: ['AUROC', 'AUPRO'], 1: ['F1Score']}
    """

    def __init__(
        self,
        metrics: Any,
        *additional_metrics: Any,
        prefix: str | None = None,
        postfix: str | None = None,
        compute_groups: bool | list[list[str]] = True,
    ) -> None:
        if compute_groups is True:
            alone = torchmetrics.MetricCollection(
                metrics, *additional_metrics, compute_groups=False
            )
            names = {id(m): name for name, m in alone.items(keep_base=True, copy_state=False)}
            groups = that_share(alone.values(copy_state=False))
            compute_groups = [[names[id(metric)] for metric in group] for group in groups]
        super().__init__(
            metrics,
            *additional_metrics,
            prefix=prefix,
            postfix=postfix,
            compute_groups=compute_groups,
        )


def that_share(metrics: Iterable[Any]) -> list[list[Any]]:
    """The metrics in groups that one state does for, in their order."""
    groups: list[list[Any]] = []
    for metric in metrics:
        for group in groups:
            if hasattr(group[0], "shares_with") and group[0].shares_with(metric):
                group.append(metric)
                break
        else:
            groups.append([metric])
    return groups
