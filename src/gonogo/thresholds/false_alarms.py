"""Thresholds from normal scores alone that limit how many of them are flagged.

Each is an order statistic. Scores that are equal are flagged together or not at all, so a tie never
breaks a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gonogo.decisions import just_above
from gonogo.errors import InputError
from gonogo.thresholds.policy import Policy, fraction_or_zero, percent, share, spelled
from gonogo.thresholds.sample import Sample
from gonogo.thresholds.shares import (
    fewest_with,
    most_within,
    most_within_sure,
    total_that_would_do,
)
from gonogo.types import Array
from gonogo.uncertainty import upper_bound

__all__ = ["Conformal", "FalseAlarms", "Highest", "Quantile"]


@dataclass(frozen=True)
class FalseAlarms(Policy):
    """``fpr<=0.01``: at most 1 % of normal scores are flagged.

    The smallest normal score that keeps it; just above the largest, where none does. With a
    confidence the one-sided Clopper-Pearson upper bound of the rate is at most 1 %.
    """

    limit: float

    name: ClassVar = "fpr"
    sign: ClassVar = "<="
    example: ClassVar = "fpr<=0.01"
    check: ClassVar = fraction_or_zero
    labelled: ClassVar = False
    guarantees: ClassVar = True

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The smallest normal score that flags few enough."""
        if confidence is None:
            allowed = most_within(self.limit, sample.normals)
        else:
            allowed = self._allowed(sample.normals, confidence)
        return flagging_at_most(sample.normal, allowed)

    def promise(self, things: str, confidence: float | None) -> str:
        """In the sample, or for new data."""
        if confidence is None:
            return f"at most {percent(self.limit)} of these normal {things} are flagged"
        return (
            f"with {percent(confidence)} confidence, at most {percent(self.limit)} of the normal "
            f"{things} that are drawn like these are flagged"
        )

    def _allowed(self, normals: int, confidence: float) -> int:
        allowed = most_within_sure(self.limit, normals, confidence)
        if allowed is not None:
            return allowed
        start = f"{self.text} with confidence {spelled(confidence)}: "
        if self.limit == 0.0:
            raise InputError(
                f"{start}no number of samples can promise that there is never a false alarm; ask "
                "for a rate above 0, or leave the confidence out"
            )
        enough = total_that_would_do(lambda of: upper_bound(0, of, confidence) <= self.limit)
        raise InputError(
            f"{start}found {normals} normal scores, with which no threshold can promise it; "
            f"{enough} would do"
        )


@dataclass(frozen=True)
class Conformal(Policy):
    """``conformal=0.05``: a new normal score is flagged with a probability of at most 5 %.

    Just above the normal score of rank ``ceil((n + 1) (1 - 0.05))``. The probability is over the
    sample and the new score together, for exchangeable scores (Vovk et al., 2005).
    """

    limit: float

    name: ClassVar = "conformal"
    sign: ClassVar = "="
    example: ClassVar = "conformal=0.05"
    check: ClassVar = share
    labelled: ClassVar = False

    def place(self, sample: Sample, confidence: float | None) -> float:
        """Just above the order statistic."""
        del confidence
        above = most_within(self.limit, sample.normals + 1)
        if above == 0:
            enough = total_that_would_do(lambda of: 1 / (of + 1) <= self.limit)
            raise InputError(
                f"{self.text}: found {sample.normals} normal scores, with which no threshold can "
                f"promise it; {enough} would do"
            )
        return just_above(sample.normal[sample.normals - above])

    def promise(self, things: str, confidence: float | None) -> str:
        """For a new one."""
        del confidence
        thing = things.removesuffix("s")
        return (
            f"a new normal {thing}, exchangeable with these, is flagged with a probability of at "
            f"most {percent(self.limit)}"
        )


@dataclass(frozen=True)
class Quantile(Policy):
    """``quantile=0.995``: at least 99.5 % of the normal scores lie below the threshold.

    The smallest normal score that keeps it; just above the largest, where none does. Nothing is
    interpolated.
    """

    below: float

    name: ClassVar = "quantile"
    sign: ClassVar = "="
    example: ClassVar = "quantile=0.995"
    check: ClassVar = fraction_or_zero
    labelled: ClassVar = False

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The smallest normal score with enough of them below."""
        del confidence
        below = fewest_with(self.below, sample.normals)
        return flagging_at_most(sample.normal, sample.normals - below)

    def promise(self, things: str, confidence: float | None) -> str:
        """In the sample."""
        del confidence
        return f"at least {percent(self.below)} of these normal {things} are not flagged"


@dataclass(frozen=True)
class Highest(Policy):
    """``max``: just above the largest normal score, so that none of them is flagged."""

    name: ClassVar = "max"
    example: ClassVar = "max"
    labelled: ClassVar = False

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The next number after the largest normal score."""
        del confidence
        return flagging_at_most(sample.normal, 0)

    def promise(self, things: str, confidence: float | None) -> str:
        """In the sample."""
        del confidence
        return f"none of these normal {things} is flagged"


def flagging_at_most(ascending: Array, allowed: int) -> float:
    """The smallest score that at most ``allowed`` reach; just above the largest, where none is."""
    if allowed >= ascending.size:
        return float(ascending[0])
    spared = ascending[ascending.size - 1 - allowed]
    place = int(np.searchsorted(ascending, spared, side="right"))
    return float(ascending[place]) if place < ascending.size else just_above(spared)
