"""The threshold of a level by its policy, and the decisions there."""

from __future__ import annotations

from dataclasses import dataclass

from gonogo import metrics
from gonogo.config.job import Found, LevelName
from gonogo.results import Result
from gonogo.states import BinCounts
from gonogo.thresholds import (
    Threshold,
    fit_threshold,
    parse_policy,
    sample_of_sources,
    threshold_of,
)
from gonogo.thresholds.sample import Ranks
from gonogo.types import Confusion

__all__ = ["common_shape", "decided", "fitted_threshold"]


def fitted_threshold(
    result: Result,
    level: LevelName,
    policy: str,
    found: Found,
    *,
    confidence: float | None = None,
) -> Threshold:
    """The threshold that a policy gives on a level of a result.

    ``confidence`` counts where the policy has a use for it. What the ranks of an evaluation do not
    know (which scores normal pixels have) is read from the maps once more.
    """
    rule = parse_policy(policy)
    sure = confidence if rule.guarantees else None
    if level == "pixel" and rule.name == "manual" and result.pixel is not None:
        at, counts = result.pixel.at_threshold[rule.args["value"]], result.pixel.counts
        tied = counts.tied if isinstance(counts, BinCounts) else result.pixel.ranks
        return threshold_of(_Decided(tied, at=at), rule, level="pixel")
    if level == "pixel" and (not rule.labelled or (rule.name == "precision" and sure is not None)):
        shape = common_shape(result)
        sample = sample_of_sources(found.images, "pixel", result.settings, shape=shape)
        return threshold_of(sample, rule, level="pixel", confidence=sure)
    return fit_threshold(result, policy=policy, level=level, confidence=sure)


def common_shape(result: Result) -> tuple[int, int] | None:
    """The size that every map of a result has, after resizing; None where they differ."""
    shapes = {(row.height, row.width) for row in result.images}
    height, width = shapes.pop() if len(shapes) == 1 else (None, None)
    return None if height is None or width is None else (height, width)


def decided(threshold: Threshold) -> Confusion:
    """The decisions at a threshold on the data it was fitted on."""
    false_alarms, found = threshold.achieved.fpr, threshold.achieved.recall
    return metrics.confusion(
        threshold.value,
        found=found.count,
        anomalies=found.of,
        false_alarms=false_alarms.count,
        normals=false_alarms.of,
    )


@dataclass(frozen=True, kw_only=True)
class _Decided(Ranks):
    """Ranks of pixels that were also decided at the one threshold that will be asked for."""

    at: Confusion

    def flagged(self, threshold: float) -> tuple[int, int]:
        """Normal and anomalous scores that are at least the threshold."""
        del threshold
        return self.at.false_positives, self.at.true_positives
