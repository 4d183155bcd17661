"""Exact counts in two walks: the anomalous scores first, then all scores ranked among them.

Both walks give states that can be added: what was seen of images, and integers for each distinct
anomalous score. Memory grows with the anomalous pixels alone; maps are held for the second walk
only while they fit, and read again otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gonogo.counting.counted import Counted, refuse_same
from gonogo.counting.reading import Reading
from gonogo.states import (
    DistinctScores,
    Observed,
    RankCounter,
    RankCounts,
    Ranked,
    distinct_scores,
    restricted,
)
from gonogo.types import Array

__all__ = ["ExactCounts", "Look", "TooManyAnomalous", "count_exactly", "look_at", "rank_among"]

_SOME_PIXELS = 1 << 24
_HELD_BYTES = 1 << 30


class TooManyAnomalous(Exception):
    """The anomalous scores alone exceed the memory that they were given."""


@dataclass(frozen=True)
class Look:
    """What was seen of some images, by their place, with all the anomalous scores among them."""

    images: Mapping[int, Observed]

    def __add__(self, other: Look) -> Look:
        refuse_same(self.images, other.images, "two looks at")
        return Look({**self.images, **other.images})

    def distinct(self) -> DistinctScores:
        """The distinct anomalous scores: those that all scores are ranked among."""
        return distinct_scores([one.anomalous for one in self.images.values()])


@dataclass(frozen=True)
class ExactCounts(Counted):
    """Exact ranks of every distinct anomalous score."""

    whole: RankCounts | None
    mode = "exact"

    def ranks(self) -> RankCounts | None:
        """All anomalous scores among the normal ones."""
        return self.whole

    def ranks_of(self, defect: str) -> RankCounts | None:
        """The anomalous scores of one defect type among all normal ones."""
        if self.whole is None:
            return None
        parts = [one.anomalous for one in self.images if one.row.defect == defect]
        return restricted(self.whole, distinct_scores(parts))


def look_at(reading: Reading) -> Look:
    """The first walk, over the images that may be anomalous."""
    places = reading.maybe_anomalous()
    return Look({place: one.without_map() for place, one in reading.observed(places)})


def rank_among(distinct: DistinctScores, reading: Reading) -> tuple[Ranked, Look]:
    """The second walk, over all images of a reading; what it saw of those known to be normal."""
    counter = RankCounter(distinct, reading.pool, reading.threads, _SOME_PIXELS)
    for scores in reading.maps(reading.maybe_anomalous()):
        counter.add(scores)
    normal = _count_normal(reading, counter)
    return counter.finish(), normal


def count_exactly(reading: Reading, *, most_anomalous: int | None = None) -> ExactCounts:
    """Exact counts of all images of a reading.

    Raises:
        TooManyAnomalous: there are more than ``most_anomalous`` bytes of anomalous scores.
    """
    images: dict[int, Observed] = {}
    held: list[Array] = []
    again: list[int] = []
    room, anomalous = _HELD_BYTES, 0
    for place, one in reading.observed(reading.maybe_anomalous()):
        images[place] = one.without_map()
        anomalous += one.anomalous.nbytes
        if most_anomalous is not None and anomalous > most_anomalous:
            raise TooManyAnomalous
        if one.map is None or not reading.pixels:
            continue
        if one.map.nbytes <= room:
            held.append(one.map)
            room -= one.map.nbytes
        else:
            again.append(place)
    look = Look(images)
    if not reading.pixels:
        return ExactCounts(_in_order(look + _look_at_normal(reading)), None)
    distinct = look.distinct()
    expected = sum(scores.size for scores in held)
    if again or reading.normal():
        expected = max(expected, _SOME_PIXELS)
    counter = RankCounter(distinct, reading.pool, reading.threads, expected)
    while held:
        counter.add(held.pop())
    for scores in reading.maps(again):
        counter.add(scores)
    look += _count_normal(reading, counter)
    return ExactCounts(_in_order(look), counter.finish().counts(distinct))


def _count_normal(reading: Reading, counter: RankCounter) -> Look:
    images = {}
    for place, one in reading.observed(reading.normal()):
        images[place] = one.without_map()
        if one.map is not None:
            counter.add(one.map)
    return Look(images)


def _look_at_normal(reading: Reading) -> Look:
    return Look({place: one.without_map() for place, one in reading.observed(reading.normal())})


def _in_order(look: Look) -> tuple[Observed, ...]:
    return tuple(look.images[place] for place in sorted(look.images))
