"""AUPRO's limit in ``state_dict``, where anomalib has it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from gonogo.errors import InputWarning, warn

__all__ = ["SavedLimit"]


class SavedLimit:
    """Saves ``fpr_limit``, and takes that of a ``state_dict``; one without it changes nothing."""

    fpr_limit: float

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)  # type: ignore[misc]  # torch
        destination[f"{prefix}fpr_limit"] = torch.tensor(self.fpr_limit)

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        given = state_dict.pop(f"{prefix}fpr_limit", None)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)  # type: ignore[misc]
        if given is None or np.float32(given) == np.float32(self.fpr_limit):
            return
        limit = float(str(np.float32(given)))  # the decimal that was rounded to float32
        warn(
            f"fpr_limit: found {limit:g} in the checkpoint and {self.fpr_limit:g} in "
            f"{type(self).__name__}; that of the checkpoint holds from here on",
            InputWarning,
        )
        self.fpr_limit = limit
        self._computed = None
