"""An image that knows how often it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Counted:
    """A map and a mask in memory."""

    name: str
    label: bool | None
    map: Any
    mask: Any
    score: float | None = None
    defect: str | None = None
    loaded: int = 0

    @property
    def where(self) -> str:
        return self.name

    def load(self) -> tuple[Any, Any]:
        self.loaded += 1
        return self.map, self.mask
