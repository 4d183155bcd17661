"""What a callback has put into a checkpoint, for runs whose trainer does not hand it back.

Lightning before 2.6 gives callbacks their state when training goes on, and not for ``validate``,
``test`` and ``predict``.
"""

from __future__ import annotations

from typing import Any

from lightning.pytorch.callbacks import Callback

__all__ = ["own_state"]


def own_state(callback: Callback, trainer: Any) -> dict[str, Any]:
    """The state of a callback in the checkpoint that this run was given; empty without one."""
    path = getattr(trainer, "ckpt_path", None)
    if path is None:
        return {}
    checkpoint = trainer.strategy.load_checkpoint(path)
    found: dict[str, Any] = checkpoint.get("callbacks", {}).get(callback.state_key, {})
    return found
