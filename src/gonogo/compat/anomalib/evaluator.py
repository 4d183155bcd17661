"""The Evaluator inside anomalib's models, with the scores as they were before normalisation.

anomalib takes an evaluator only if it is its own class or a subclass of it, so where anomalib can
be imported the class is one. anomalib's post-processor rewrites the scores of a test batch to
[0, 1] before its evaluator sees them. Here metrics that rank scores are given the raw ones. Metrics
that decide at 0.5, and those of others, are given what anomalib gives them.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gonogo.errors import InputError
from gonogo.torch import (
    AnomalyScoreDistribution,
    DecidedMetric,
    Evaluator,
    MinMax,
    ScoredMetric,
)
from gonogo.torch.evaluator import default_scores, refuse_default_threshold
from gonogo.torch.raw_scores import RawScores
from gonogo.torch.step import Step, StepBatch

__all__ = ["evaluator_class", "install_evaluator"]

_PROCESSED = {name: f"_processed_{name}" for name in ("pred_score", "anomaly_map")}
"""Hidden fields of post-processed scores in a batch, where their own names are those of raw ones.

They are fields because an image that a sampler repeats is dropped from all fields alike.
"""


def evaluator_class() -> type[Evaluator]:
    """:class:`gonogo.torch.Evaluator` for raw scores; of anomalib's class too, if that is there."""
    if find_spec("anomalib") is None:
        return _class_on(None)
    return _class_on(import_module("anomalib.metrics").Evaluator)


def install_evaluator(model: Any, evaluator: Evaluator) -> Evaluator:
    """Give a model that is there already an evaluator in place of its own; the one installed.

    For what is made as ``Patchcore(evaluator=False)``, or was loaded from a checkpoint.

    Raises:
        InputError: the model does not hand its ``evaluator`` to the trainer, so it would never run.
    """
    make = evaluator_class()
    installed = evaluator
    if not isinstance(evaluator, make):
        installed = make(
            list(evaluator.val_metrics),
            list(evaluator.test_metrics),
            evaluator.compute_on_cpu,
            by_defect=evaluator.by_defect,
            figures=evaluator.figures,
        )
    before = getattr(model, "evaluator", None)
    model.evaluator = installed
    if not any(callback is installed for callback in model.configure_callbacks()):
        model.evaluator = before
        raise InputError(
            f"model: {type(model).__name__}.configure_callbacks() does not give its evaluator to "
            "the trainer; give it yourself: Trainer(callbacks=[evaluator])"
        )
    return installed


class _OfRawScores(Evaluator):
    """Sees the scores of test batches as the model gave them, in what ranks them."""

    sees_raw_scores = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._raw_scores = RawScores()

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Have raw scores kept, before the first callback could rewrite them.

        Lightning goes through the list of callbacks as it calls this, so that a callback put in
        front has it called once more: what it does twice is the same.
        """
        super().setup(trainer, pl_module, stage)
        if self._raw_scores not in trainer.callbacks:
            trainer.callbacks.insert(0, self._raw_scores)

    def on_test_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Update the metrics of test.

        Raises:
            InputError: a metric without a named threshold, and scores that nobody has normalised.
        """
        processed = batch if outputs is None else outputs
        step, raw = Step(processed, batch), self._raw_scores.taken()
        for name in raw:
            there = step.get(name)
            if there is None or there is raw[name] or _has_no_range(pl_module, name):
                self._refuse_unnormalised(name)
        both = raw | {_PROCESSED[name]: step.get(name) for name in raw}
        outputs = Step(both, processed) if raw else processed
        super().on_test_batch_end(trainer, pl_module, outputs, batch, batch_idx, dataloader_idx)

    def batch_for(self, metric: Any, batch: Any) -> Any:
        """Raw scores for what ranks them, for all others those of the post-processor."""
        if _ranks(metric) or not isinstance(batch, StepBatch):
            return batch
        return batch.with_hidden(_PROCESSED)

    def refuse_default_thresholds(self) -> None:
        """Refuse metrics that would decide on raw scores at 0.5: those of test may see others."""
        for metric in (*self.val_metrics, *filter(_ranks, self.test_metrics)):
            refuse_default_threshold(metric)

    def _refuse_unnormalised(self, field: str) -> None:
        for metric in self.test_metrics:
            if default_scores(metric) == field:
                refuse_default_threshold(metric, "which no post-processor has normalised")


def _ranks(metric: Any) -> bool:
    """Whether a metric is about raw scores: it ranks them, or its threshold is one of them."""
    known = (ScoredMetric, DecidedMetric, MinMax, AnomalyScoreDistribution)
    return bool(getattr(metric, "of_raw_scores", isinstance(metric, known)))


def _has_no_range(model: Any, field: str) -> bool:
    """Whether the model's post-processor saw no validation, and so leaves scores as they are."""
    level = "image" if field == "pred_score" else "pixel"
    low = getattr(getattr(model, "post_processor", None), f"{level}_min", None)
    return low is not None and math.isnan(float(low))


@cache
def _class_on(base: type[Any] | None) -> type[Evaluator]:
    """The class, on anomalib's own where there is one."""
    members = {
        "__doc__": Evaluator.__doc__,
        "__module__": "gonogo.compat.anomalib.metrics",
        "__qualname__": "Evaluator",
    }
    bases = (_OfRawScores,) if base is None else (_OfRawScores, base)
    evaluator: type[Evaluator] = type("Evaluator", bases, members)
    return evaluator
