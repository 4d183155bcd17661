"""Scores of a test batch as they were before other callbacks rewrote them."""

from __future__ import annotations

from typing import Any

from lightning.pytorch.callbacks import Callback

from gonogo.torch.step import Step

__all__ = ["RawScores"]


class RawScores(Callback):  # type: ignore[misc]  # torch ships no types here
    """Keeps hold of a test batch's scores and maps before anybody rewrites them; no copies."""

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}

    def on_test_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Stand before all others."""
        del trainer, pl_module, batch_idx, dataloader_idx
        step = Step(outputs, batch)
        self._held = {name: step[name] for name in ("pred_score", "anomaly_map") if name in step}

    def taken(self) -> dict[str, Any]:
        """The scores and maps that the batch had, once."""
        held, self._held = self._held, {}
        return held
