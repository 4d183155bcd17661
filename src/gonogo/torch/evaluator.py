"""Metrics of a Lightning run: counted batch by batch, logged as numbers and figures at the end.

The model is left alone: nothing is registered in it, and nothing of it is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
import torchmetrics
from lightning.pytorch.callbacks import Callback
from torch import nn

from gonogo.errors import InputError, InputWarning, MissingExtra, warn
from gonogo.torch.by_defect import ByDefect, in_full
from gonogo.torch.collection import that_share
from gonogo.torch.decided import decides_by_default
from gonogo.torch.figures import log_figure
from gonogo.torch.step import Step, StepBatch
from gonogo.torch.thresholding import ThresholdCallback

__all__ = ["Evaluator", "default_scores", "refuse_default_threshold"]

_DECISIONS = ("pred_label", "pred_mask")
_RAW = ("pred_score", "pred_scores", "anomaly_map", "anomaly_maps")


class Evaluator(nn.Module, Callback):  # type: ignore[misc]  # torch ships no types here
    """Updates metrics with each batch of validation and test, and logs them when the epoch ends.

    A callback for ``Trainer(callbacks=[...])``, and a module for those who keep it in a model. What
    a metric asks for is looked for in the outputs of the step and then in its batch: attributes or
    entries, with anomalib's field names of any version. Values are logged as plain numbers in
    float64 under the metric's name, so names have to differ. Where the batches carry
    ``image_path``, the value of each defect (the name of the folder that the image is in) against
    all normal images is logged as ``<name>/<defect>``. Figures of metrics that draw one go to every
    logger that can show figures (TensorBoard, MLflow, Weights & Biases, Comet), or else become
    files in ``figures`` beside the logs. Metrics start again with each epoch and keep what they
    have until then; those over the same fields share one state. ``predict`` has no truth to compare
    with, and nothing is done in it.

    Args:
        val_metrics: a metric, or a list of metrics with fields, for validation.
        test_metrics: the same for test.
        compute_on_cpu: metrics that keep what they are given keep it in main memory, where there is
            one process.
        by_defect: whether to log values by defect. What they are counted from is kept apart, which
            takes as much memory again.
        figures: whether to log figures.

    Raises:
        InputError: two metrics of one list have one name; one is no metric, or has no fields.

    >>> from gonogo.torch import AUROC, Evaluator
    >>> Evaluator(test_metrics=[
    ...     AUROC(fields=["pred_score", "gt_label"]),
    ...     AUROC(fields=["anomaly_map", "gt_mask"]),
    ... ])
    Traceback (most recent call last):
    gonogo.errors.InputError: test_metrics: found 2 metrics of the name 'AUROC', which would ...
    """

    sees_raw_scores: ClassVar[bool] = False
    """Whether scores are raw even where a callback before this one has rewritten them."""

    def __init__(
        self,
        val_metrics: Any = None,
        test_metrics: Any = None,
        compute_on_cpu: bool = True,
        *,
        by_defect: bool = True,
        figures: bool = True,
    ) -> None:
        super().__init__()
        self.val_metrics = nn.ModuleList(_checked(val_metrics, "val_metrics"))
        self.test_metrics = nn.ModuleList(_checked(test_metrics, "test_metrics"))
        self.compute_on_cpu = compute_on_cpu
        self.by_defect = by_defect
        self.figures = figures
        self._groups: dict[str, list[_Group]] = {}
        self.refuse_default_thresholds()

    @property
    def state_key(self) -> str:
        """What Lightning tells callbacks apart by: the names of the metrics are part of it."""
        names = {"val": _names(self.val_metrics), "test": _names(self.test_metrics)}
        return str(self._generate_state_key(**names))

    def refuse_default_thresholds(self) -> None:
        """Refuse metrics that would decide on raw scores at a threshold that nobody named.

        Raises:
            InputError: there is one.
        """
        for metric in (*self.val_metrics, *self.test_metrics):
            refuse_default_threshold(metric)

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Decide where metrics keep what they are given."""
        del pl_module, stage
        if self.compute_on_cpu and getattr(trainer, "world_size", 1) == 1:
            for metric in self._every():
                metric.compute_on_cpu = True

    def on_validation_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Start again."""
        del trainer
        self._start("validation", pl_module)

    def on_validation_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Update the metrics of validation."""
        del pl_module, batch_idx, dataloader_idx
        if not getattr(trainer, "sanity_checking", False):
            self._update("validation", outputs, batch)

    def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the metrics of validation."""
        if not getattr(trainer, "sanity_checking", False):
            self._conclude("validation", trainer, pl_module)

    def on_test_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Start again."""
        del trainer
        self._start("test", pl_module)

    def on_test_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Update the metrics of test."""
        del pl_module, batch_idx, dataloader_idx
        self._refuse_undecided(trainer, Step(outputs, batch))
        self._update("test", outputs, batch)

    def on_test_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the metrics of test."""
        self._conclude("test", trainer, pl_module)

    def _start(self, stage: str, pl_module: Any) -> None:
        device = getattr(pl_module, "device", None)
        for metric in self._metrics(stage):
            metric.reset()
            if device is not None:
                metric.to(device)
        self._groups[stage] = _groups(self._metrics(stage), by_defect=self.by_defect)

    def _update(self, stage: str, outputs: Any, batch: Any) -> None:
        if stage not in self._groups:
            self._start(stage, None)
        record = batch if outputs is None or outputs is batch else Step(outputs, batch)
        paths = Step(outputs, batch).get("image_path")
        if isinstance(record, Mapping):
            record = StepBatch(record)
        for group in self._groups[stage]:
            group.update(self.batch_for(group.metrics[0], record), paths)

    def batch_for(self, metric: Any, batch: Any) -> Any:  # noqa: ARG002 - there is one for all here
        """What a metric is updated with."""
        return batch

    def _refuse_undecided(self, trainer: Any, step: Step) -> None:
        """Refuse a batch that lacks the decisions of a callback that has its turn later."""
        callbacks = list(getattr(trainer, "callbacks", ()))
        later = callbacks[callbacks.index(self) + 1 :] if self in callbacks else []
        if not any(isinstance(one, ThresholdCallback) for one in later):
            return
        for metric in self.test_metrics:
            lacking = [one for one in metric.fields if one in _DECISIONS and one not in step]
            if lacking and metric.strict:
                raise InputError(
                    f"callbacks: found ThresholdCallback behind the Evaluator, whose {metric.name} "
                    f"needs {lacking[0]} of it; put ThresholdCallback before the Evaluator: "
                    "[ThresholdCallback(), evaluator]"
                )

    def _conclude(self, stage: str, trainer: Any, pl_module: Any) -> None:
        for group in self._groups.get(stage, []):
            values = group.values()
            for metric, value in zip(group.metrics, values, strict=True):
                if value is None:
                    continue
                for name, number in _numbers(metric, value).items():
                    _log(trainer, pl_module, name, number)
                if self.figures:
                    _show(metric, trainer, stage)
            for name, number in group.values_by_defect().items():
                _log(trainer, pl_module, name, number)

    def _metrics(self, stage: str) -> nn.ModuleList:
        return self.val_metrics if stage == "validation" else self.test_metrics

    def _every(self) -> Iterable[Any]:
        return (
            part
            for metric in (*self.val_metrics, *self.test_metrics)
            for part in metric.modules()
            if isinstance(part, torchmetrics.Metric)
        )


def refuse_default_threshold(metric: Any, but: str = "raw scores of any range") -> None:
    """Refuse a metric of scores that nobody named a threshold of; ``but`` says what they are."""
    scores = default_scores(metric)
    if scores is not None:
        labels = "pred_mask" if scores.startswith("anomaly") else "pred_label"
        raise InputError(
            f"{metric.name}: found the field {scores!r}, {but}, and no threshold to decide at: 0.5 "
            f"is meant for labels that are predicted already. Take these instead, {labels!r}, or "
            "name a threshold of the scores: gonogo.torch.F1Score(..., threshold=...)"
        )


def default_scores(metric: Any) -> str | None:
    """The field of scores that a metric decides at a threshold that nobody named, if it does."""
    scores = (field for field in metric.fields if field in _RAW)
    return next(scores, None) if decides_by_default(metric) else None


def _checked(metrics: Any, name: str) -> list[Any]:
    if metrics is None:
        return []
    several = isinstance(metrics, Sequence | nn.ModuleList) and not isinstance(metrics, str)
    found = list(metrics) if several else [metrics]
    for metric in found:
        if not isinstance(metric, torchmetrics.Metric):
            raise InputError(
                f"{name}: found {type(metric).__name__}; expected a metric of gonogo.torch or a "
                "list of them"
            )
        if getattr(metric, "fields", None) is None:
            raise InputError(
                f"{name}: found {type(metric).__name__} without fields; say what it is to take "
                'from a batch: fields=["pred_score", "gt_label"], for a class of torchmetrics '
                "after gonogo.torch.create_anomaly_metric"
            )
    twice = [one for one, count in Counter(_names(found)).items() if count > 1]
    if twice:
        count = _names(found).count(twice[0])
        raise InputError(
            f"{name}: found {count} metrics of the name {twice[0]!r}, which would be logged as "
            'one; tell them apart by a prefix, for example prefix="image_" and prefix="pixel_"'
        )
    return found


def _names(metrics: Iterable[Any]) -> list[str]:
    return [metric.name for metric in metrics]


class _Group:
    """Metrics that share a state: the first counts, the others are lent what it has."""

    def __init__(self, metrics: list[Any]) -> None:
        self.metrics = metrics
        self.by_defect: ByDefect | None = None

    def update(self, record: Any, paths: Any) -> None:
        first, *others = self.metrics
        first.update(record)
        for other in others:
            first.lend(other)
        if self.by_defect is not None and paths is not None:
            self.by_defect.add(record, paths)

    def values(self) -> list[Any]:
        return [in_full(metric) for metric in self.metrics]

    def values_by_defect(self) -> dict[str, float]:
        found = {} if self.by_defect is None else self.by_defect.values()
        return {
            f"{metric.name}/{defect}": float(value)
            for defect, values in found.items()
            for metric, value in zip(self.metrics, values, strict=True)
            if value is not None and _is_number(value)
        }


def _groups(metrics: Iterable[Any], *, by_defect: bool) -> list[_Group]:
    groups = [_Group(group) for group in that_share(metrics)]
    if by_defect:
        for group in groups:
            group.by_defect = ByDefect.of(group.metrics)
    return groups


def _numbers(metric: Any, value: Any) -> dict[str, float]:
    """What is logged of a value: one number, or those of a dictionary by their names."""
    if isinstance(value, dict):
        return {f"{metric.name}/{key}": float(one) for key, one in value.items()}
    if _is_number(value):
        return {metric.name: float(value)}
    if hasattr(metric, "generate_figure"):
        return {}
    raise InputError(
        f"{metric.name}: found {type(value).__name__} of several values; an Evaluator logs one "
        "number for each metric"
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, torch.Tensor | float | int) and torch.as_tensor(value).numel() == 1


def _log(trainer: Any, pl_module: Any, name: str, value: float) -> None:
    """Log a number that is the same in every process; the highest of equal ones is that number."""
    if getattr(trainer, "barebones", False):
        trainer.callback_metrics[name] = torch.tensor(value, dtype=torch.float64)
        return
    device = pl_module.device if pl_module.device.type != "mps" else "cpu"  # which has no float64
    number = torch.tensor(value, dtype=torch.float64, device=device)
    pl_module.log(name, number, on_step=False, on_epoch=True, reduce_fx="max", sync_dist=True)


def _show(metric: Any, trainer: Any, stage: str) -> None:
    if not hasattr(metric, "generate_figure"):
        return
    folder = Path(trainer.log_dir or trainer.default_root_dir) / "figures" / stage
    try:
        figure, _ = metric.generate_figure()
    except MissingExtra as error:
        warn(f"{metric.name}: no figure is logged: {error}", InputWarning)
        return
    if trainer.is_global_zero:
        loggers = trainer.loggers
        log_figure(loggers, figure, metric.name, step=trainer.global_step, folder=folder)
