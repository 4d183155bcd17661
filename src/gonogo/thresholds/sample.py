"""The scores a threshold is fitted on: sorted, or as the ranks that an evaluation has kept.

Every policy is answered from sorted scores. Ranks know how normal scores stand to the anomalous
ones and not what they are, so they answer some; the others are refused, never approximated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from gonogo.decisions import just_above, rounded_up
from gonogo.errors import InputError
from gonogo.sorting import sort_in_place
from gonogo.states import AnomalousScores, RankCounts, distinct_scores
from gonogo.types import Array

__all__ = ["Ranks", "Sample", "Scores", "sorted_scores"]

_BLOCK = 1 << 20


class Sample(Protocol):
    """What policies ask for."""

    @property
    def normals(self) -> int:
        """Number of normal scores."""

    @property
    def anomalies(self) -> int:
        """Number of anomalous scores."""

    @property
    def counts(self) -> RankCounts:
        """Where each distinct anomalous score stands among the normal ones."""

    @property
    def normal(self) -> Array:
        """Normal scores, ascending."""

    @property
    def anomalous(self) -> Array:
        """Anomalous scores, ascending."""

    @property
    def digest(self) -> str | None:
        """What tells this sample from others; None where the scores are not at hand."""

    def flagged(self, threshold: float) -> tuple[int, int]:
        """Normal and anomalous scores that are at least the threshold."""

    def neighbours(self, threshold: float) -> tuple[float | None, float | None]:
        """The highest score below a threshold, and the lowest that is at least that."""

    def next_lower(self, threshold: float) -> float | None:
        """A number below a threshold such that no score lies between, where one is known."""

    def above_all(self) -> float:
        """A threshold just above the highest score."""


@dataclass(frozen=True)
class Scores:
    """All scores, ascending, in one float dtype."""

    normal: Array
    anomalous: Array

    @property
    def normals(self) -> int:
        """Number of normal scores."""
        return self.normal.size

    @property
    def anomalies(self) -> int:
        """Number of anomalous scores."""
        return self.anomalous.size

    @cached_property
    def counts(self) -> RankCounts:
        """Where each distinct anomalous score stands among the normal ones."""
        distinct = distinct_scores([AnomalousScores(self.anomalous)])
        below = np.searchsorted(self.normal, distinct.scores, side="left")
        not_above = np.searchsorted(self.normal, distinct.scores, side="right")
        return RankCounts(
            distinct.scores,
            distinct.anomalous,
            self.normals - not_above,
            self.normals - below,
            self.normals,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the ascending normal and then anomalous scores, as little-endian float64."""
        found = hashlib.sha256()
        for scores in (self.normal, self.anomalous):
            for start in range(0, scores.size, _BLOCK):
                found.update(scores[start : start + _BLOCK].astype("<f8").data)
        return found.hexdigest()

    def flagged(self, threshold: float) -> tuple[int, int]:
        """Normal and anomalous scores that are at least the threshold."""
        return (
            self.normals - _below(self.normal, threshold),
            self.anomalies - _below(self.anomalous, threshold),
        )

    def neighbours(self, threshold: float) -> tuple[float | None, float | None]:
        """The highest score below a threshold, and the lowest that is at least that."""
        places = [(side, _below(side, threshold)) for side in (self.normal, self.anomalous)]
        below = [float(side[place - 1]) for side, place in places if place > 0]
        above = [float(side[place]) for side, place in places if place < side.size]
        return max(below, default=None), min(above, default=None)

    def next_lower(self, threshold: float) -> float | None:
        """The highest score below a threshold."""
        return self.neighbours(threshold)[0]

    def above_all(self) -> float:
        """A threshold just above the highest score."""
        return just_above(max(side[-1] for side in (self.normal, self.anomalous) if side.size))


@dataclass(frozen=True)
class Ranks:
    """What an evaluation has kept of its scores; ``highest`` of all of them, where it is known."""

    counts: RankCounts
    highest: float | None = None
    digest: None = None

    @property
    def normals(self) -> int:
        """Number of normal scores."""
        return self.counts.normals

    @property
    def anomalies(self) -> int:
        """Number of anomalous scores."""
        return self.counts.anomalies

    @property
    def normal(self) -> Array:
        """Refused: normal scores are counted and not kept."""
        raise _not_kept("the normal scores themselves")

    @property
    def anomalous(self) -> Array:
        """Anomalous scores, ascending."""
        return np.repeat(self.counts.scores, self.counts.anomalous)[::-1]

    def flagged(self, threshold: float) -> tuple[int, int]:
        """Normal and anomalous scores that are at least the threshold, if ranks settle it."""
        counts = self.counts
        reached = len(counts.scores) - _below(counts.scores[::-1], threshold)
        found = int(counts.true_positives[reached - 1]) if reached else 0
        least = int(counts.at_least[reached - 1]) if reached else 0
        most = int(counts.above[reached]) if reached < len(counts.above) else counts.normals
        at_score = reached > 0 and float(counts.scores[reached - 1]) == threshold
        above_all = self.highest is not None and threshold > self.highest
        if at_score or above_all or least == most:
            return least, found
        raise _not_kept(f"the number of normal scores above {threshold!r}")

    def neighbours(self, threshold: float) -> tuple[float | None, float | None]:
        """Refused: the score next to a threshold may be a normal one."""
        del threshold
        raise _not_kept("the scores next to the threshold, for midpoint,")

    def next_lower(self, threshold: float) -> float | None:
        """A number below a threshold such that no score lies between."""
        return self.counts.next_lower(threshold)

    def above_all(self) -> float:
        """A threshold just above the highest score, if it is known."""
        highest = self.counts.scores[0]
        if self.counts.above[0] == 0:
            return just_above(highest)
        if self.highest is None:
            raise _not_kept("the highest score")
        return just_above(self.highest)


def sorted_scores(normal: Sequence[Array], anomalous: Sequence[Array]) -> Scores:
    """All scores of both kinds: float32 where every one is exact in it, else float64."""
    arrays = [*normal, *anomalous]
    dtype = np.result_type(np.float32, *(part.dtype for part in arrays))
    return Scores(_sorted(normal, dtype), _sorted(anomalous, dtype))


def _sorted(parts: Sequence[Array], dtype: np.dtype[np.generic]) -> Array:
    flat = [part.reshape(-1) for part in parts]
    scores: Array = np.concatenate([np.empty(0, dtype), *flat], dtype=dtype, casting="same_kind")
    scores += 0.0  # -0.0 and 0.0 are one score
    sort_in_place(scores)
    return scores


def _below(ascending: Array, threshold: float) -> int:
    """How many scores are lower than the threshold, as real numbers."""
    return int(np.searchsorted(ascending, rounded_up(threshold, ascending.dtype), side="left"))


def _not_kept(what: str) -> InputError:
    return InputError(
        f"scores: an evaluation has not kept {what} at pixel level; fit on the maps and masks "
        "themselves: gonogo.fit_threshold(maps, masks, ...)"
    )
