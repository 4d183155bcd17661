"""Fitting a threshold: a sample and a policy become a number, its promise and what it achieves."""

from __future__ import annotations

import math
from typing import Any, get_args

from gonogo.errors import InputError
from gonogo.thresholds.inputs import Columns, found_in
from gonogo.thresholds.manual import Manual
from gonogo.thresholds.policy import Policy, share
from gonogo.thresholds.precision import Precision
from gonogo.thresholds.record import Achieved, FittedOn, Rate, Threshold, ThresholdLevel
from gonogo.thresholds.sample import Sample
from gonogo.thresholds.spelling import POLICIES, normal_only, parse_policy

__all__ = ["fit_threshold", "threshold_of"]


def fit_threshold(
    scores: Any,
    labels: Any = None,
    *,
    policy: str | float,
    level: ThresholdLevel | None = None,
    confidence: float | None = None,
    midpoint: bool = False,
    category: str | None = None,
    columns: Columns | None = None,
) -> Threshold:
    """The threshold at which a score becomes an anomaly, by a policy that says what it is for.

    A decision is always ``score >= threshold``. What a policy promises holds on the data given;
    ``recall>=``, ``precision>=`` and ``fpr<=`` with a ``confidence``, and ``conformal=``, promise
    it for new data drawn alike. Pixels are then taken as independent, which those of one image are
    not. ``docs/thresholds.md`` describes every policy.

    Args:
        scores: one for each image, ``(N,)``; or anomaly maps as in :func:`gonogo.evaluate`; or a
            :class:`~gonogo.Result`, a :class:`~gonogo.Run`, the folder of a run, or a CSV file of
            scores. Integers or floats of any range, higher = more anomalous.
        labels: 1 = anomalous, in the shape of the scores (masks for maps); by default every score
            is normal. Left out where ``scores`` have their own.
        policy: ``manual=0.5 f1 fbeta=2 youden corner recall>=1 precision>=0.9 fpr<=0.01
            conformal=0.05 quantile=0.995 max sigma=3 mad=3``, or ``cost=10:1`` (a miss costs 10
            false alarms; ``cost=10:1@0.02`` where 2 % are anomalous). A number is ``manual``.
        level: ``"image"`` or ``"pixel"``; by default pixel for maps and image for all else. Maps at
            image level count with their maximum.
        confidence: in (0, 1), with which ``recall>=``, ``precision>=`` or ``fpr<=`` is to hold for
            new data, by one-sided Clopper-Pearson bounds.
        midpoint: put the threshold half-way between the highest score below it and the lowest that
            reaches it. No decision on these scores changes.
        category: which one, of a run with several.
        columns: names of columns of a CSV file that are not known or not certain, by what they
            hold: ``{"label": "gt", "score": "raw"}``. ``{"label": None}``: every image is normal.

    Returns:
        A frozen :class:`~gonogo.Threshold`: ``.value``, ``.decide(scores)``, ``.achieved``,
        ``.promise``, ``.save(path)``.

    Raises:
        InputError: the policy is unknown, needs anomalous scores that are not there (the message
            names those that do not), or cannot be promised with so few samples (the message says
            how many would do).

    Example:
        >>> import gonogo
        >>> threshold = gonogo.fit_threshold(range(1000), policy="fpr<=0.01", confidence=0.95)
        >>> threshold.value, threshold.achieved.fpr.value
        (996.0, 0.004)
    """
    rule = parse_policy(policy)
    if level is not None and level not in get_args(ThresholdLevel):
        raise InputError(f"level: found {level!r}; expected 'image' or 'pixel'")
    confidence = _checked_confidence(rule, confidence, midpoint)
    sample, found_level, image_score = found_in(scores, labels, level, category, columns)
    return threshold_of(
        sample,
        rule,
        level=found_level,
        confidence=confidence,
        midpoint=midpoint,
        image_score=image_score,
    )


def threshold_of(
    sample: Sample,
    policy: Policy,
    *,
    level: ThresholdLevel,
    confidence: float | None = None,
    midpoint: bool = False,
    image_score: str | None = None,
) -> Threshold:
    """The threshold of a policy on a sample."""
    confidence = _checked_confidence(policy, confidence, midpoint)
    _check_classes(policy, sample)
    value = policy.place(sample, confidence)
    if midpoint:
        value = _between(*sample.neighbours(value), value)
    if not math.isfinite(value):
        raise InputError(
            f"policy {policy.text}: the threshold on these scores is beyond the largest float64; "
            "scale the scores down"
        )
    false_alarms, found = sample.flagged(value)
    return Threshold(
        value=value,
        policy=policy.text,
        args=policy.args,
        level=level,
        confidence=confidence,
        midpoint=bool(midpoint),
        promise=_promise(policy, level, confidence),
        fitted_on=FittedOn(sample.normals, sample.anomalies, sample.digest, image_score),
        achieved=Achieved(
            fpr=Rate(false_alarms, sample.normals),
            recall=Rate(found, sample.anomalies),
            precision=Rate(found, found + false_alarms),
        ),
        next_lower=sample.next_lower(value),
    )


def _checked_confidence(policy: Policy, confidence: float | None, midpoint: bool) -> float | None:
    """The confidence as a number, if the policy has a use for it and for midpoint."""
    if confidence is not None:
        confidence = share(confidence, "confidence")
        if not policy.guarantees:
            sure = ", ".join(one.example for one in POLICIES if one.guarantees)
            raise InputError(
                f"confidence: found {confidence} with the policy {policy.text}, which has no use "
                f"for it; leave it out, or choose one of {sure}"
            )
    if midpoint and isinstance(policy, Manual):
        raise InputError(f"midpoint: the policy {policy.text} names the threshold; leave it out")
    if midpoint and isinstance(policy, Precision) and confidence is not None:
        raise InputError(
            f"midpoint: with a confidence {policy.text} holds just above a score and not between "
            "two; leave one of them out"
        )
    return confidence


def _check_classes(policy: Policy, sample: Sample) -> None:
    if isinstance(policy, Manual):
        return
    if policy.labelled and sample.anomalies == 0:
        raise InputError(
            f"policy {policy.text} needs anomalous scores, found none among {sample.normals}; "
            f"with normal scores alone choose one of {', '.join(normal_only())}"
        )
    if sample.normals == 0:
        raise InputError(
            f"policy {policy.text} needs normal scores, found none among {sample.anomalies} "
            "anomalous ones; add some"
        )


def _promise(policy: Policy, level: ThresholdLevel, confidence: float | None) -> str:
    promise = policy.promise(f"{level}s", confidence)
    if level == "pixel" and (confidence is not None or policy.name == "conformal"):
        promise += "; this takes pixels as independent, which those of one image are not"
    return promise


def _between(below: float | None, reached: float | None, value: float) -> float:
    """Half-way between the neighbours, where there are two."""
    if below is None or reached is None:
        return value
    middle = below / 2.0 + reached / 2.0
    return middle if below < middle <= reached else reached
