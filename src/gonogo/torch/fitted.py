"""What is fitted on the scores of a validation, kept in the checkpoint, used in test and predict.

Each validation fits anew; a run that did not validate takes what its checkpoint has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lightning.pytorch.callbacks import Callback

from gonogo.torch.checkpoints import own_state
from gonogo.torch.collected import Collected, Extent
from gonogo.torch.repeats import SamplerRepeats
from gonogo.torch.step import Step

__all__ = ["FittedCallback"]


class FittedCallback(Callback):  # type: ignore[misc]  # torch ships no types here
    """Collects the scores of each validation and has them fitted on when it ends.

    Args:
        collected: what is kept of each level.
    """

    def __init__(self, collected: Iterable[Collected | Extent]) -> None:
        super().__init__()
        self._collected = list(collected)
        self._handed_back = False
        self._repeats = SamplerRepeats(type(self).__name__, "validation")

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What a checkpoint has."""
        self._handed_back = True
        self._restore(state_dict)

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Before a checkpoint is read."""
        del trainer, pl_module, stage
        self._handed_back = False

    def on_validation_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Start a validation."""
        del trainer, pl_module
        self._repeats.start()
        for collected in self._collected:
            collected.forget()

    def on_validation_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Keep the scores of the batch."""
        del pl_module
        if getattr(trainer, "sanity_checking", False):
            return
        step = self._repeats.images(trainer, Step(outputs, batch), batch_idx, dataloader_idx)
        if step is not None:
            for collected in self._collected:
                collected.add(step)

    def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Fit on the scores of this validation."""
        del pl_module
        if not getattr(trainer, "sanity_checking", False):
            self._repeats.finish(trainer)
            for collected in self._collected:
                self._fit(collected)
                collected.forget()

    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        """See that there is something fitted."""
        del pl_module
        self._recall(trainer)

    def on_predict_start(self, trainer: Any, pl_module: Any) -> None:
        """See that there is something fitted."""
        del pl_module
        self._recall(trainer)

    def _recall(self, trainer: Any) -> None:
        """What was not fitted in this run, from the checkpoint that it was given."""
        if not self._handed_back and (state := own_state(self, trainer)):
            self.load_state_dict(state)
        self._refuse_nothing()

    def _fit(self, collected: Any) -> None:
        raise NotImplementedError

    def _restore(self, state_dict: dict[str, Any]) -> None:
        raise NotImplementedError

    def _refuse_nothing(self) -> None:
        raise NotImplementedError
