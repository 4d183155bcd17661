"""ROC, PR and PRO curves with a point at every distinct score, and the areas under them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracles.ranking import Number, confusion, split
from tests.oracles.regions import regions

__all__ = [
    "Point",
    "aupr_trapezoid",
    "aupro",
    "aupro_by_ranks",
    "pixels",
    "pr_curve",
    "pro_curve",
    "roc_curve",
    "trapezoid",
]


@dataclass(frozen=True)
class Point:
    """One point of a curve: what ``score >= threshold`` gives."""

    x: Fraction
    y: Fraction
    threshold: Number


def pixels(maps: Sequence[Any], masks: Sequence[Any]) -> tuple[list[Number], list[bool]]:
    """Every pixel of every map as a Python number, with its label; no mask means all normal."""
    scores: list[Number] = []
    labels: list[bool] = []
    for map_, mask in zip(maps, masks, strict=True):
        for row in range(map_.shape[0]):
            for col in range(map_.shape[1]):
                scores.append(map_[row, col].item())
                labels.append(mask is not None and bool(mask[row, col] != 0))
    return scores, labels


def roc_curve(scores: Sequence[Number], labels: Sequence[bool]) -> list[Point] | None:
    """False positive rate against true positive rate."""
    anomalous, normal = split(scores, labels)
    if not anomalous or not normal:
        return None
    points = [Point(Fraction(0), Fraction(0), math.inf)]
    for threshold in sorted(set(scores), reverse=True):
        count = confusion(scores, labels, threshold)
        x, y = Fraction(count.fp, len(normal)), Fraction(count.tp, len(anomalous))
        points.append(Point(x, y, threshold))
    return points


def pr_curve(scores: Sequence[Number], labels: Sequence[bool]) -> list[Point] | None:
    """Recall against precision; nothing flagged counts as precision 1."""
    anomalous, normal = split(scores, labels)
    if not anomalous or not normal:
        return None
    points = [Point(Fraction(0), Fraction(1), math.inf)]
    for threshold in sorted(set(scores), reverse=True):
        count = confusion(scores, labels, threshold)
        x, y = Fraction(count.tp, len(anomalous)), Fraction(count.tp, count.tp + count.fp)
        points.append(Point(x, y, threshold))
    return points


def pro_curve(
    maps: Sequence[Any], masks: Sequence[Any], connectivity: int = 8
) -> list[Point] | None:
    """False positive rate against the mean covered fraction of the regions."""
    scores, labels = pixels(maps, masks)
    _, normal = split(scores, labels)
    found = _region_scores(maps, masks, connectivity)
    if not found or not normal:
        return None
    points = [Point(Fraction(0), Fraction(0), math.inf)]
    for threshold in sorted(set(scores), reverse=True):
        false = sum(score >= threshold for score in normal)
        covered = Fraction(0)
        for region in found:
            covered += Fraction(sum(score >= threshold for score in region), len(region))
        points.append(Point(Fraction(false, len(normal)), covered / len(found), threshold))
    return points


def trapezoid(points: Sequence[Point], limit: Fraction = Fraction(1)) -> Fraction:
    """Area under straight lines through the points, from x = 0 to the limit."""
    area = Fraction(0)
    for left, right in itertools.pairwise(points):
        if left.x == right.x or left.x >= limit:
            continue
        end, height = right.x, right.y
        if end > limit:
            slope = (right.y - left.y) / (right.x - left.x)
            end, height = limit, left.y + slope * (limit - left.x)
        area += (end - left.x) * (left.y + height) / 2
    return area


def aupr_trapezoid(scores: Sequence[Number], labels: Sequence[bool]) -> Fraction | None:
    """Area under straight lines through the points of the PR curve."""
    points = pr_curve(scores, labels)
    return None if points is None else trapezoid(points)


def aupro(
    maps: Sequence[Any], masks: Sequence[Any], limit: float, connectivity: int = 8
) -> Fraction | None:
    """Area under the PRO curve up to an FPR limit, as a fraction of that limit."""
    points = pro_curve(maps, masks, connectivity)
    return None if points is None else trapezoid(points, Fraction(limit)) / Fraction(limit)


def aupro_by_ranks(
    maps: Sequence[Any], masks: Sequence[Any], limit: float, connectivity: int = 8
) -> Fraction | None:
    """The same area, added up from what each region pixel is worth; no curve is built."""
    _, normal = split(*pixels(maps, masks))
    found = _region_scores(maps, masks, connectivity)
    if not found or not normal:
        return None
    end, total = Fraction(limit), Fraction(0)
    for region in found:
        for score in region:
            above = Fraction(sum(other > score for other in normal), len(normal))
            reached = Fraction(sum(other >= score for other in normal), len(normal))
            worth = Fraction(0)
            if reached <= end:
                worth = (end - reached) + (reached - above) / 2
            elif above < end:
                worth = (end - above) ** 2 / (2 * (reached - above))
            total += worth / (len(found) * len(region))
    return total / end


def _region_scores(
    maps: Sequence[Any], masks: Sequence[Any], connectivity: int
) -> list[list[Number]]:
    return [
        [map_[pixel].item() for pixel in region]
        for map_, mask in zip(maps, masks, strict=True)
        for region in regions(mask, connectivity)
    ]
