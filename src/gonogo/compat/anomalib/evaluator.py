"""The Evaluator inside anomalib's models, with the scores as they were before normalisation.

anomalib takes an evaluator only if it is its own class or a subclass of it, so where anomalib can
be imported the class is one. anomalib's post-processor rewrites the scores of a test batch to
[0, 1] before its evaluator sees them; this one is given the raw ones.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gonogo.errors import InputError
from gonogo.torch import Evaluator
from gonogo.torch.raw_scores import RawScores

__all__ = ["evaluator_class", "install_evaluator"]


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
    """Sees the scores of test batches as the model gave them."""

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
        """Update the metrics of test."""
        raw = self._raw_scores.before(batch if outputs is None else outputs)
        super().on_test_batch_end(trainer, pl_module, raw, batch, batch_idx, dataloader_idx)


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
