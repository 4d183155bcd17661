"""The passes over images: one for certified counts, two for exact ones.

The first of the two keeps the positives, the second ranks all scores among them. Memory grows with
the positives alone; maps are held for the second pass only while they fit, and read again
otherwise. A recorder is called between pieces of a pass, with all that was counted so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

from gonogo.cores import available_cores
from gonogo.counting.partial import PartialResult
from gonogo.counting.reader import ImageReader
from gonogo.errors import InputError
from gonogo.states import (
    AnomalousScores,
    Capacity,
    DistinctScores,
    GridCounter,
    Observed,
    RankCounter,
    RankCounts,
    Ranked,
    distinct_scores,
)
from gonogo.types import Array

__all__ = [
    "NullRecorder",
    "Recorder",
    "Snapshot",
    "TooManyAnomalous",
    "both_passes",
    "count_scores",
    "first_pass",
    "rank_scores",
    "second_pass",
    "single_pass",
]

_SOME_PIXELS = 1 << 24
_HELD_BYTES = 1 << 30

Snapshot = Callable[[], PartialResult]
"""Sums up what was counted so far; only called between two pieces, and counting goes on after."""


class TooManyAnomalous(Exception):
    """The anomalous scores alone exceed the memory that they were given."""


class Recorder(Protocol):
    """Keeps how far a count has come, so that a run that is stopped can go on from there."""

    @property
    def done(self) -> PartialResult | None:
        """What an earlier run counted; None to begin anew."""

    @property
    def keep_going(self) -> bool:
        """Whether a piece is counted to its end although an image of it cannot be used."""

    def pieces(self, indices: Sequence[int], threads: int) -> Iterator[Sequence[int]]:
        """Cut the images of a pass, so that there is a moment to record in between."""

    def between(self, failed: Mapping[int, InputError], snapshot: Snapshot) -> None:
        """Record when it is time; raises InputError where an image stops the run."""

    def finished(self, whole: PartialResult) -> None:
        """Take note of the complete count."""


class NullRecorder:
    """Records nothing: each pass is one piece, and the first unusable image ends it."""

    done: PartialResult | None = None
    keep_going = False

    def pieces(self, indices: Sequence[int], threads: int) -> Iterator[Sequence[int]]:  # noqa: ARG002
        """All of them at once."""
        if indices:
            yield indices

    def between(self, failed: Mapping[int, InputError], snapshot: Snapshot) -> None:
        """Do nothing."""

    def finished(self, whole: PartialResult) -> None:
        """Do nothing."""


_NO_RECORD = NullRecorder()


def single_pass(
    reader: ImageReader,
    done: PartialResult,
    capacity: Capacity,
    recorder: Recorder = _NO_RECORD,
) -> PartialResult:
    """Count all images on the grid, each in the thread that read it; without pixels, rows alone."""
    images, counter = dict(done.images), GridCounter(capacity)

    def count(image: Observed) -> Observed:
        if image.map is not None and reader.pixels:
            counter.add(image.map, image.anomalous, image.row.defect)
        return image.without_scores()

    def snapshot() -> PartialResult:
        if not reader.pixels:
            return replace(done, images=images)
        grid = counter.counts()
        return replace(done, images=images, grid=grid if done.grid is None else done.grid + grid)

    for indices in (reader.maybe_anomalous(), reader.normal()):
        unseen = [index for index in indices if index not in images]
        for piece in _pieces(reader, recorder, unseen, snapshot):
            images.update(reader.observed(piece, count))
    return snapshot()


def both_passes(
    reader: ImageReader,
    done: PartialResult,
    recorder: Recorder = _NO_RECORD,
    *,
    most: int | None = None,
) -> PartialResult:
    """Exact counts of all images, in two passes.

    Raises:
        TooManyAnomalous: there are more than ``most`` bytes of anomalous scores.
    """
    held: dict[int, Array] = {}
    first = first_pass(reader, done, recorder, most=most, held=held)
    distinct = first.distinct_positives()
    ranked = second_pass(reader, first, distinct, recorder, held=held)
    return replace(ranked, distinct=distinct)


def first_pass(
    reader: ImageReader,
    done: PartialResult,
    recorder: Recorder = _NO_RECORD,
    *,
    most: int | None = None,
    held: dict[int, Array] | None = None,
) -> PartialResult:
    """The positives of all images that may be anomalous; their maps go to ``held`` while they fit.

    Raises:
        TooManyAnomalous: there are more than ``most`` bytes of anomalous scores.
    """
    images = dict(done.images)
    anomalous, room = done.anomalous_bytes, 0 if held is None else _HELD_BYTES

    def snapshot() -> PartialResult:
        if len(images) == len(done.images):
            return done
        # Ranks among fewer positives are worth nothing: a file that could not be read can be now.
        return replace(done, images=images, ranks=None, ranked=frozenset())

    unseen = [index for index in reader.maybe_anomalous() if index not in images]
    for piece in _pieces(reader, recorder, unseen, snapshot):
        for index, image in reader.observed(piece):
            images[index] = image.without_map()
            anomalous += image.anomalous.nbytes
            if most is not None and anomalous > most:
                raise TooManyAnomalous
            if held is not None and image.map is not None and image.map.nbytes <= room:
                held[index] = image.map
                room -= image.map.nbytes
    return snapshot()


def second_pass(
    reader: ImageReader,
    done: PartialResult,
    distinct: DistinctScores,
    recorder: Recorder = _NO_RECORD,
    *,
    held: dict[int, Array] | None = None,
) -> PartialResult:
    """Rank the scores of all images among the distinct positives of all.

    First the maps that are ``held``, which are let go one by one, then those that must be read
    again, then the images known to be normal, which were not read before.
    """
    images, held = dict(done.images), {} if held is None else held
    left = [k for k in reader.sources if k not in done.ranked and k not in reader.failed]
    seen = [k for k in left if k in images or not reader.known_normal(k)]
    again = [k for k in seen if k not in held and not _has_no_map(images.get(k))]
    normal = [k for k in left if k not in images and reader.known_normal(k)]
    expected = sum(scores.size for scores in held.values())
    ranking = _Ranking(
        reader, distinct, done, max(expected, _SOME_PIXELS) if again or normal else expected
    )
    ranking.ranked.update(k for k in seen if _has_no_map(images.get(k)))

    def snapshot() -> PartialResult:
        return replace(ranking.summed_up(), images=images)

    while held:
        ranking.add(*held.popitem())
    recorder.between(reader.failed, snapshot)
    for piece in _pieces(reader, recorder, again, snapshot):
        for index, scores in reader.maps(piece):
            ranking.add(index, scores)
    for piece in _pieces(reader, recorder, normal, snapshot):
        for index, image in reader.observed(piece):
            images[index] = image.without_map()
            ranking.add(index, image.map)
    return snapshot()


def count_scores(anomalous: list[AnomalousScores], scores: Iterable[Array]) -> RankCounts:
    """Ranks of the anomalous ones of these scores, of any shape, among all."""
    every = list(scores)
    distinct = distinct_scores(anomalous)
    return rank_scores(distinct, every, sum(part.size for part in every)).counts(distinct)


def rank_scores(distinct: DistinctScores, scores: Iterable[Array], expected: int) -> Ranked:
    """These scores, of any shape and about as many as expected, among distinct anomalous ones."""
    threads = available_cores()
    with ThreadPoolExecutor(threads) as pool:
        counter = RankCounter(distinct, pool, threads, expected)
        for part in scores:
            counter.add(part.reshape(-1, 1) if part.ndim != 2 else part)
        return counter.finish()


class _Ranking:
    """Scores ranked among distinct positives, summed up whenever they are to be recorded."""

    def __init__(
        self, reader: ImageReader, distinct: DistinctScores, done: PartialResult, expected: int
    ) -> None:
        self._reader, self._distinct, self._done = reader, distinct, done
        self._counter: RankCounter | None = self._fresh(expected)
        self._ranks = done.ranks
        self.ranked = set(done.ranked)

    def add(self, index: int, scores: Array | None) -> None:
        """Rank the map of an image; without a map there is nothing to rank in it."""
        self._counter = self._counter or self._fresh(_SOME_PIXELS)
        if scores is not None:
            self._counter.add(scores)
        self.ranked.add(index)

    def summed_up(self) -> PartialResult:
        """Everything ranked so far; ranking may go on."""
        if self._counter is not None:
            ranks = self._counter.finish()
            self._ranks = ranks if self._ranks is None else self._ranks + ranks
            self._counter = None  # a counter that has finished is spent
        return replace(self._done, ranks=self._ranks, ranked=frozenset(self.ranked))

    def _fresh(self, expected: int) -> RankCounter:
        return RankCounter(self._distinct, self._reader.pool, self._reader.threads, expected)


def _has_no_map(image: Observed | None) -> bool:
    return image is not None and image.row.height is None


def _pieces(
    reader: ImageReader, recorder: Recorder, indices: Sequence[int], snapshot: Snapshot
) -> Iterator[Sequence[int]]:
    """The pieces of a pass; the recorder is called whenever one has been counted."""
    for piece in recorder.pieces(indices, reader.threads):
        yield piece
        recorder.between(reader.failed, snapshot)
