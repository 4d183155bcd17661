"""What an Evaluator hands to Lightning: numbers under their names, and figures beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from gonogo.errors import InputWarning, MissingExtra, warn
from gonogo.torch.figures import log_figure
from gonogo.torch.lightning_internals import logged_step
from gonogo.torch.logged_names import part_names

__all__ = ["is_number", "log_curve", "log_number", "numbers_of"]


def numbers_of(metric: Any, logged: str, value: Any) -> dict[str, float]:
    """What is logged of a value: one number, or those of a dictionary by their names."""
    if isinstance(value, dict):
        names = part_names(logged, map(str, value))
        return {names[str(key)]: float(one) for key, one in value.items()}
    if is_number(value):
        return {logged: float(value)}
    if not hasattr(metric, "generate_figure"):
        warn(
            f"{metric.name}: nothing is logged, because it has several values "
            f"({type(value).__name__}); an Evaluator logs one number for each metric",
            InputWarning,
        )
    return {}


def is_number(value: Any) -> bool:
    """Whether a value is one number."""
    return isinstance(value, torch.Tensor | float | int) and torch.as_tensor(value).numel() == 1


def log_number(
    trainer: Any, pl_module: Any, name: str, value: float, *, logger: bool | None = None
) -> None:
    """Log a number that is the same in every process; the highest of equal ones is that number.

    With ``logger=False`` only callbacks see it, for ``monitor=``.
    """
    if getattr(trainer, "barebones", False):
        trainer.callback_metrics[name] = torch.tensor(value, dtype=torch.float64)
        return
    device = pl_module.device if pl_module.device.type != "mps" else "cpu"  # which has no float64
    number = torch.tensor(value, dtype=torch.float64, device=device)
    how = {"on_step": False, "on_epoch": True, "reduce_fx": "max", "sync_dist": True}
    pl_module.log(name, number, logger=logger, **how)


def log_curve(metric: Any, logged: str, trainer: Any, stage: str) -> None:
    """Show the figure of a metric that draws one, at the step that its number is logged at."""
    if not hasattr(metric, "generate_figure"):
        return
    folder = Path(trainer.log_dir or trainer.default_root_dir) / "figures" / stage
    try:
        figure, _ = metric.generate_figure()
    except MissingExtra as error:
        warn(f"{metric.name}: no figure is logged: {error}", InputWarning)
        return
    if trainer.is_global_zero:
        log_figure(trainer.loggers, figure, logged, step=logged_step(trainer), folder=folder)
