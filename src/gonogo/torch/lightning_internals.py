"""What Lightning says nowhere in public, all of it: its own callbacks read the same attributes.

An attribute that a later release lacks ends the tests of this file, and nowhere else is one read.
"""

from __future__ import annotations

from typing import Any

__all__ = ["logged_step", "stage_loader"]


def logged_step(trainer: Any) -> int:
    """The step that numbers are logged at; ``global_step`` is one ahead in a validation of fit."""
    return int(trainer.fit_loop.epoch_loop._batches_that_stepped)  # noqa: SLF001


def stage_loader(trainer: Any, stage: str, dataloader_idx: int) -> Any:
    """The loader of ``"validation"`` or ``"test"`` that a batch comes from, with its sampler.

    ``trainer.val_dataloaders`` would be those of an earlier fit in a validate after it.
    """
    if stage == "test":
        loop = trainer.test_loop
    elif trainer.state.fn == "fit":
        loop = trainer.fit_loop.epoch_loop.val_loop
    else:
        loop = trainer.validate_loop
    return loop._combined_loader.flattened[dataloader_idx]  # noqa: SLF001
