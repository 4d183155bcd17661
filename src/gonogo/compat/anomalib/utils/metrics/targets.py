"""What anomalib 0.x calls a metric with: float targets, options that torchmetrics has dropped."""

from __future__ import annotations

from typing import Any

import torch

from gonogo.errors import InputError

__all__ = ["Labelled", "binary", "known_options"]


class Labelled:
    """``update(preds, target)`` for a metric, with targets that may be floats."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**known_options(options))

    def update(self, preds: Any, target: Any) -> None:
        """Count scores with their targets, 1 = anomalous, of one shape: images, or maps and masks.

        Raises:
            InputError: scores that are NaN or infinite, targets beyond 0 and 1, other shapes.
        """
        super().update(preds, binary(target))  # type: ignore[misc]  # the metric's


def known_options(options: dict[str, Any]) -> dict[str, Any]:
    """Options for today's torchmetrics: those without a meaning left out, if they ask for nothing.

    ``compute_on_step`` has none since torchmetrics 0.9; ``num_classes`` and ``pos_label`` of 1 say
    what is so in any case.
    """
    for name, allowed in (("num_classes", (None, 1)), ("pos_label", (None, 1))):
        if options.get(name) not in allowed:
            raise InputError(
                f"{name}: found {options[name]!r}; expected 1: scores are those of one class, the "
                "anomalous one"
            )
    dropped = ("compute_on_step", "num_classes", "pos_label")
    return {name: value for name, value in options.items() if name not in dropped}


def binary(target: Any) -> Any:
    """Targets as bool, where they are floats that are 0 and 1; others as they are."""
    if isinstance(target, torch.Tensor) and target.is_floating_point():
        if bool(((target != 0) & (target != 1)).any()):
            raise InputError(
                "target: found values beyond 0 and 1; binarise it first, for example target > 0.5"
            )
        return target.bool()
    return target
