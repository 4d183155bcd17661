"""The threshold of the lowest expected cost of misses and false alarms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from gonogo.errors import InputError
from gonogo.thresholds.balanced import lowest_best
from gonogo.thresholds.policy import Policy, percent, positive, share, spelled
from gonogo.thresholds.sample import Sample

__all__ = ["Cost"]

_SPELLING = re.compile(r"([^:@]+):([^:@]+)(?:@([^:@]+))?")


@dataclass(frozen=True)
class Cost(Policy):
    """``cost=10:1``: a missed anomaly costs 10, a false alarm 1.

    ``cost=10:1@0.02`` weighs them for a line on which 2 % are anomalous; without, the shares of the
    sample count. Flagging nothing is tried as well: the threshold is then just above every score.
    """

    miss: float
    false_alarm: float
    prevalence: float | None = None

    name: ClassVar = "cost"
    sign: ClassVar = "="
    example: ClassVar = "cost=10:1"
    check: ClassVar = positive

    @classmethod
    def parse(cls, argument: str) -> Cost:
        """``miss:false alarm``, and maybe ``@prevalence``."""
        match = _SPELLING.fullmatch(argument)
        if match is None:
            raise InputError(
                f"policy cost: found {argument!r}; expected <cost of a miss>:<cost of a false "
                "alarm>, for example cost=10:1, and at another prevalence cost=10:1@0.02"
            )
        miss, false_alarm, prevalence = match.groups()
        return cls(
            positive(miss, "policy cost"),
            positive(false_alarm, "policy cost"),
            None if prevalence is None else share(prevalence, "policy cost, prevalence"),
        )

    @property
    def text(self) -> str:
        """Its one spelling."""
        at = "" if self.prevalence is None else f"@{spelled(self.prevalence)}"
        return f"cost={spelled(self.miss)}:{spelled(self.false_alarm)}{at}"

    def place(self, sample: Sample, confidence: float | None) -> float:
        """The lowest threshold at which the expected cost is lowest."""
        del confidence
        counts = sample.counts
        miss, false_alarm = self.miss, self.false_alarm
        if self.prevalence is not None:
            miss *= self.prevalence / counts.anomalies
            false_alarm *= (1.0 - self.prevalence) / counts.normals
        missed = counts.anomalies - counts.true_positives
        costs = miss * missed + false_alarm * counts.at_least
        if miss * counts.anomalies < costs.min():
            return sample.above_all()
        return lowest_best(counts, -costs)

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        at = "" if self.prevalence is None else f" and {percent(self.prevalence)} are anomalous"
        return (
            f"the lowest expected cost of any threshold on these {things}, where a miss costs "
            f"{spelled(self.miss)}, a false alarm {spelled(self.false_alarm)}{at}"
        )
