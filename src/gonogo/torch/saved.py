"""Numbers of a metric that ``state_dict`` has, beside what its states count."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

__all__ = ["SavedMixin"]


class SavedMixin:
    """Buffers by the names in ``saved``; put it before ``torchmetrics.Metric``.

    They keep their dtype: a model that is made float16 has the same thresholds as before. A
    ``state_dict`` may have them in any float dtype and of any shape; one that lacks them, because
    the release that wrote it did not save them, leaves them as they are.
    """

    saved: ClassVar[tuple[str, ...]] = ()

    def _load_from_state_dict(
        self, state_dict: dict[str, Tensor], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        """Put the numbers in place: torch itself copies only into a buffer of the same shape."""
        for name in self.saved:
            own = getattr(self, name)
            given = state_dict.setdefault(prefix + name, own)
            dtype = torch.promote_types(own.dtype, given.dtype)
            setattr(self, name, own.new_empty(given.shape, dtype=dtype))
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)  # type: ignore[misc]
        self._computed = None  # of torchmetrics: what was computed before is of other numbers

    def _apply(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Move them where the model goes, and leave their dtype."""
        before = {name: getattr(self, name) for name in self.saved}
        super()._apply(fn, *args, **kwargs)  # type: ignore[misc]
        for name, value in before.items():
            there: torch.device = getattr(self, name).device
            dtype = torch.float32 if there.type == "mps" else value.dtype  # which has no float64
            setattr(self, name, value.to(there, dtype))
        return self
