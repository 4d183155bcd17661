"""The threshold of the lowest expected cost of misses and false alarms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from gonogo.errors import InputError
from gonogo.thresholds.balanced import best_place
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
        anomalies, normals = counts.anomalies, counts.normals
        miss, false_alarm = Fraction(spelled(self.miss)), Fraction(spelled(self.false_alarm))
        if self.prevalence is not None:
            prevalence = Fraction(spelled(self.prevalence))
            miss *= prevalence * normals
            false_alarm *= (1 - prevalence) * anomalies

        def saved(found: int, alarms: int) -> Fraction:
            return miss * found - false_alarm * alarms

        both = miss + false_alarm
        costs = float(miss / both) * (anomalies - counts.true_positives)
        costs += float(false_alarm / both) * counts.at_least
        place = best_place(counts, -costs, saved)
        if saved(int(counts.true_positives[place]), int(counts.at_least[place])) < 0:
            return sample.above_all()
        return float(counts.scores[place])

    def promise(self, things: str, confidence: float | None) -> str:
        """On this sample."""
        del confidence
        at = "" if self.prevalence is None else f" and {percent(self.prevalence)} are anomalous"
        return (
            f"the lowest expected cost of any threshold on these {things}, where a miss costs "
            f"{spelled(self.miss)}, a false alarm {spelled(self.false_alarm)}{at}"
        )
