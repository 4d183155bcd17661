"""A threshold that is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gonogo._check import finite_number
from gonogo.thresholds.policy import Policy
from gonogo.thresholds.sample import Sample

__all__ = ["Manual"]


@dataclass(frozen=True)
class Manual(Policy):
    """The number itself; the scores only show what it achieves."""

    value: float

    name: ClassVar = "manual"
    sign: ClassVar = "="
    example: ClassVar = "manual=0.5"
    check: ClassVar = finite_number
    labelled: ClassVar = False

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The number that was given."""
        del sample, confidence
        return self.value

    def promise(self, things: str, confidence: float | None) -> str:
        """Nothing."""
        del things, confidence
        return "nothing: the number was given"
