"""Metrics of a Lightning run: counted batch by batch, logged as numbers and figures at the end.

The model is left alone: nothing is registered in it, and nothing of it is changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import torchmetrics
from lightning.pytorch.callbacks import Callback
from torch import nn

from gonogo.errors import InputError, InputWarning, warn
from gonogo.torch.by_defect import ByDefect, in_full
from gonogo.torch.collection import that_share
from gonogo.torch.decided import decides_by_default
from gonogo.torch.logged import is_number, log_curve, log_number, numbers_of
from gonogo.torch.logged_names import figure_name, logged_name, names_by_defect, refuse_clashes
from gonogo.torch.repeats import SamplerRepeats
from gonogo.torch.step import SPELLINGS, Step, StepBatch
from gonogo.torch.thresholding import ThresholdCallback

__all__ = ["Evaluator", "default_scores", "refuse_default_threshold"]

_DECISIONS = ("pred_label", "pred_mask")
_RAW = (*SPELLINGS["pred_score"], *SPELLINGS["anomaly_map"], *SPELLINGS["box_scores"])


class Evaluator(nn.Module, Callback):  # type: ignore[misc]  # torch ships no types here
    """Updates metrics with each batch of validation and test, and logs them when the epoch ends.

    A callback for ``Trainer(callbacks=[...])``, and a module for those who keep it in a model. What
    a metric asks for is looked for in the outputs of the step and then in its batch: attributes or
    entries, with anomalib's field names of any version. Values are logged as plain numbers in
    float64 under the metric's name in test and as ``val_<name>`` in validation;
    ``trainer.callback_metrics`` has both under the name itself, too, which is what ``monitor=``
    looks for. Where the batches carry ``image_path``, the value of each defect (the name of the
    folder that the image is in) against all normal images is logged as
    ``<name>_by_defect/<defect>``. Figures of metrics that draw one go to every logger that can show
    figures (TensorBoard, MLflow, Weights & Biases, Comet) as ``<name>_figure``, or else become
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
        InputError: two metrics would be logged under one name; one is no metric, has no fields, or
            has several values.

    >>> from gonogo.torch import AUROC, Evaluator
    >>> Evaluator(test_metrics=[
    ...     AUROC(fields=["pred_score", "gt_label"]),
    ...     AUROC(fields=["anomaly_map", "gt_mask"]),
    ... ])
    Traceback (most recent call last):
    gonogo.errors.InputError: Evaluator: found AUROC of test_metrics and AUROC of test_metrics, ...
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
        self._repeats = {
            stage: SamplerRepeats("Evaluator", stage) for stage in ("validation", "test")
        }
        self.refuse_default_thresholds()
        refuse_clashes(self.logged_names(), "Evaluator")

    @property
    def state_key(self) -> str:
        """What Lightning tells callbacks apart by: the names of the metrics are part of it."""
        names = {"val": _names(self.val_metrics), "test": _names(self.test_metrics)}
        return str(self._generate_state_key(**names))

    def logged_names(self) -> Iterator[tuple[str, str]]:
        """Each name that is logged, and what has it."""
        for stage, of in (("validation", "val_metrics"), ("test", "test_metrics")):
            for metric in self._metrics(stage):
                logged = logged_name(metric.name, stage)
                yield logged, f"{metric.name} of {of}"
                if hasattr(metric, "generate_figure"):
                    yield figure_name(logged), f"the figure of {metric.name} of {of}"
                if self.by_defect:
                    (name,) = names_by_defect(logged, ["dent"]).values()
                    yield name, f"{metric.name} by defect of {of}"

    def refuse_default_thresholds(self) -> None:
        """Refuse metrics that would decide on raw scores at a threshold that nobody named.

        Raises:
            InputError: there is one.
        """
        for metric in (*self.val_metrics, *self.test_metrics):
            refuse_default_threshold(metric)

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Decide where metrics keep what they are given.

        Raises:
            InputError: another Evaluator of the run logs under the same names.
        """
        del pl_module, stage
        callbacks = getattr(trainer, "callbacks", ())
        every = [one for one in callbacks if isinstance(one, Evaluator)]
        refuse_clashes((name for one in every for name in one.logged_names()), "Evaluators")
        if getattr(trainer, "barebones", False):
            warn(
                "Trainer(barebones=True) logs nothing, and trainer.test() gives [{}]; what the "
                "Evaluator computes is in trainer.callback_metrics",
                InputWarning,
            )
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
        del pl_module
        if not getattr(trainer, "sanity_checking", False):
            self._update("validation", trainer, (outputs, batch), batch_idx, dataloader_idx)

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
        del pl_module
        self._refuse_undecided(trainer, Step(outputs, batch))
        self._update("test", trainer, (outputs, batch), batch_idx, dataloader_idx)

    def on_test_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the metrics of test."""
        self._conclude("test", trainer, pl_module)

    def _start(self, stage: str, pl_module: Any) -> None:
        device = getattr(pl_module, "device", None)
        for metric in self._metrics(stage):
            metric.reset()
            if device is not None:
                metric.to(device)
        self._repeats[stage].start()
        self._groups[stage] = _groups(self._metrics(stage), by_defect=self.by_defect)

    def _update(self, stage: str, trainer: Any, given: tuple[Any, Any], *index: int) -> None:
        if stage not in self._groups:
            self._start(stage, None)
        outputs, batch = given
        step = Step(outputs, batch)
        images = self._repeats[stage].images(trainer, step, *index)
        if images is None:
            return
        record: Any = images
        if images is step and (outputs is None or outputs is batch):
            record = batch
        if isinstance(record, Mapping):
            record = StepBatch(record)
        for group in self._groups[stage]:
            group.update(self.batch_for(group.metrics[0], record), images.image_paths)

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
        self._repeats[stage].finish(trainer)
        for group in self._groups.get(stage, []):
            values = group.values()
            for metric, value in zip(group.metrics, values, strict=True):
                if value is None:
                    continue
                logged = logged_name(metric.name, stage)
                for name, number in numbers_of(metric, logged, value).items():
                    log_number(trainer, pl_module, name, number)
                if metric.name != logged and is_number(value):  # for monitor=
                    log_number(trainer, pl_module, metric.name, float(value), logger=False)
                if self.figures:
                    log_curve(metric, logged, trainer, stage)
            for name, number in group.values_by_defect(stage).items():
                log_number(trainer, pl_module, name, number)

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
        if getattr(metric, "has_several_values", False):
            raise InputError(
                f"{name}: found {metric.name}, which has several values; an Evaluator logs one "
                "number for each metric, so update and compute this one by yourself"
            )
    return found


def _names(metrics: Iterable[Any]) -> list[str]:
    return [metric.name for metric in metrics]


class _Group:
    """Metrics that share a state: the first counts, the others are lent what it has."""

    def __init__(self, metrics: list[Any]) -> None:
        self.metrics = metrics
        self.by_defect: ByDefect | None = None

    def update(self, record: Any, paths: list[str]) -> None:
        first, *others = self.metrics
        first.update(record)
        for other in others:
            first.lend(other)
        if self.by_defect is not None and paths:
            self.by_defect.add(record, paths)

    def values(self) -> list[Any]:
        with warnings.catch_warnings():
            # A process may have no image, and a metric that is not strict no batch.
            warnings.filterwarnings("ignore", ".*was called before the ``update``")
            return [in_full(metric) for metric in self.metrics]

    def values_by_defect(self, stage: str) -> dict[str, float]:
        found = {} if self.by_defect is None else self.by_defect.values()
        names = [names_by_defect(logged_name(one.name, stage), found) for one in self.metrics]
        return {
            own[defect]: float(value)
            for defect, values in found.items()
            for own, value in zip(names, values, strict=True)
            if value is not None and is_number(value)
        }


def _groups(metrics: Iterable[Any], *, by_defect: bool) -> list[_Group]:
    groups = [_Group(group) for group in that_share(metrics)]
    if by_defect:
        for group in groups:
            group.by_defect = ByDefect.of(group.metrics)
    return groups
