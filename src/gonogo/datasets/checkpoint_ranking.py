"""The second walk of exact counts, in parts that are added whenever they are to be written."""

from __future__ import annotations

from gonogo.counting import Reading
from gonogo.datasets.checkpoint_state import Halfway
from gonogo.states import DistinctScores, RankCounter, Ranked
from gonogo.types import Array

__all__ = ["Ranking"]

_SOME_PIXELS = 1 << 24


class Ranking:
    """Scores ranked among distinct anomalous scores; ``halfway`` holds those that were summed."""

    def __init__(self, halfway: Halfway, distinct: DistinctScores, reading: Reading) -> None:
        self._halfway, self._distinct, self._reading = halfway, distinct, reading
        self._counter, self._added = self._fresh(), set[int]()

    def add(self, place: int, scores: Array) -> None:
        """Rank the map of an image."""
        self._counter.add(scores)
        self._added.add(place)

    def sum_up(self) -> Ranked:
        """Everything ranked so far; ranking may go on."""
        ranks, halfway = self._counter.finish(), self._halfway
        halfway.ranks = ranks if halfway.ranks is None else halfway.ranks + ranks
        halfway.ranked |= self._added
        self._counter, self._added = self._fresh(), set()
        return halfway.ranks

    def _fresh(self) -> RankCounter:
        reading = self._reading
        return RankCounter(self._distinct, reading.pool, reading.threads, _SOME_PIXELS)
