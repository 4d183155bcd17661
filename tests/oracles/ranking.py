"""Metrics of scores and labels, pair by pair and threshold by threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    "Best",
    "Counts",
    "Number",
    "auroc",
    "average_precision",
    "confusion",
    "f1_max",
    "iou_max",
    "split",
]

Number = int | float


@dataclass(frozen=True)
class Counts:
    """How the decisions ``score >= threshold`` turned out."""

    tp: int
    fp: int
    fn: int
    tn: int


@dataclass(frozen=True)
class Best:
    """The best value of a metric and the lowest threshold that reaches it."""

    value: Fraction
    threshold: Number
    precision: Fraction
    recall: Fraction


def split(scores: Sequence[Number], labels: Sequence[bool]) -> tuple[list[Number], list[Number]]:
    """The anomalous and the normal scores."""
    assert len(scores) == len(labels)
    anomalous = [score for score, label in zip(scores, labels, strict=True) if label]
    normal = [score for score, label in zip(scores, labels, strict=True) if not label]
    return anomalous, normal


def confusion(scores: Sequence[Number], labels: Sequence[bool], threshold: Number) -> Counts:
    """Count each element in its cell of the confusion table."""
    tp = fp = fn = tn = 0
    for score, label in zip(scores, labels, strict=True):
        if score >= threshold:
            tp, fp = tp + bool(label), fp + (not label)
        else:
            fn, tn = fn + bool(label), tn + (not label)
    return Counts(tp, fp, fn, tn)


def auroc(scores: Sequence[Number], labels: Sequence[bool]) -> Fraction | None:
    """Share of (anomalous, normal) pairs in the right order; a tie is half a pair."""
    anomalous, normal = split(scores, labels)
    if not anomalous or not normal:
        return None
    halves = 0
    for high in anomalous:
        for low in normal:
            halves += 2 if high > low else 1 if high == low else 0
    return Fraction(halves, 2 * len(anomalous) * len(normal))


def average_precision(scores: Sequence[Number], labels: Sequence[bool]) -> Fraction | None:
    """Precision at each distinct anomalous score, weighted by how many share it."""
    anomalous, normal = split(scores, labels)
    if not anomalous or not normal:
        return None
    total = Fraction(0)
    for threshold in set(anomalous):
        count = confusion(scores, labels, threshold)
        here = sum(score == threshold for score in anomalous)
        total += Fraction(here, len(anomalous)) * Fraction(count.tp, count.tp + count.fp)
    return total


def f1_max(scores: Sequence[Number], labels: Sequence[bool]) -> Best | None:
    """The best ``2TP / (2TP + FP + FN)`` of any threshold at an anomalous score."""
    return _best(scores, labels, lambda c: Fraction(2 * c.tp, 2 * c.tp + c.fp + c.fn))


def iou_max(scores: Sequence[Number], labels: Sequence[bool]) -> Best | None:
    """The best ``TP / (TP + FP + FN)`` of any threshold at an anomalous score."""
    return _best(scores, labels, lambda c: Fraction(c.tp, c.tp + c.fp + c.fn))


def _best(scores, labels, value_of) -> Best | None:  # type: ignore[no-untyped-def]
    anomalous, normal = split(scores, labels)
    if not anomalous or not normal:
        return None
    best = None
    for threshold in sorted(set(anomalous)):  # rising, so that the lowest of equals is kept
        count = confusion(scores, labels, threshold)
        if best is None or value_of(count) > best.value:
            precision = Fraction(count.tp, count.tp + count.fp)
            recall = Fraction(count.tp, len(anomalous))
            best = Best(value_of(count), threshold, precision, recall)
    return best
