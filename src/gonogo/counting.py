"""From images to counts: each is looked at once, then ranked, on every core.

Maps of images that may be anomalous are held until all anomalous scores are known; maps of images
known to be normal are ranked as they are read, and dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from gonogo.cores import available_cores
from gonogo.errors import InputError
from gonogo.states import (
    AnomalousScores,
    Observed,
    RankCounter,
    RankCounts,
    distinct_scores,
    observe,
    restricted,
)
from gonogo.types import Array, ImageSource, Settings

__all__ = ["Counted", "Progress", "count_images", "count_scores"]

Progress = Callable[[int, int], None]

_SOME_PIXELS = 1 << 24


@dataclass(frozen=True)
class Counted:
    """What was kept of every image, in the order given, and the ranks of their pixels."""

    images: tuple[Observed, ...]
    ranks: RankCounts | None

    def ranks_of(self, places: Iterable[int]) -> RankCounts:
        """Ranks of the anomalous pixels of some images, against all normal pixels."""
        if self.ranks is None:
            raise InputError("masks: found none; pixels were not counted")
        parts = [self.images[place].anomalous for place in places]
        return restricted(self.ranks, distinct_scores(parts))


def count_images(
    sources: Sequence[ImageSource],
    settings: Settings,
    *,
    pixels: bool = True,
    progress: Progress | None = None,
) -> Counted:
    """Look at every image, and rank its pixels if there are masks.

    ``progress`` is called from this thread with the number of images done and their total.
    """
    threads = available_cores()
    with ThreadPoolExecutor(threads) as pool:
        try:
            return _Job(sources, settings, pixels, pool, threads, progress or _silent).run()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def count_scores(anomalous: list[AnomalousScores], scores: Iterable[Array]) -> RankCounts:
    """Ranks of scores that are in memory: the anomalous ones, and all."""
    threads = available_cores()
    every = [part.reshape(-1, 1) if part.ndim != 2 else part for part in scores]
    with ThreadPoolExecutor(threads) as pool:
        expected = sum(part.size for part in every)
        counter = RankCounter(distinct_scores(anomalous), pool, threads, expected)
        for part in every:
            counter.add(part)
        return counter.finish()


class _Job:
    """One walk over the images, the anomalous ones first."""

    def __init__(
        self,
        sources: Sequence[ImageSource],
        settings: Settings,
        pixels: bool,
        pool: ThreadPoolExecutor,
        threads: int,
        progress: Progress,
    ) -> None:
        self.sources, self.settings, self.pixels = sources, settings, pixels
        self.pool, self.threads, self.progress = pool, threads, progress
        self.seen: dict[int, Observed] = {}
        self.shape: tuple[int, int] | None = None

    def run(self) -> Counted:
        places = range(len(self.sources))
        held = self._maps([i for i in places if self.sources[i].label is not False])
        self.shape = self._common_shape()
        rest = self._maps_one_by_one([i for i in places if self.sources[i].label is False])
        ranks = self._ranked(held, rest) if self.pixels else None
        for _ in rest:
            pass  # without masks there is nothing to rank, only to look at
        return Counted(tuple(self.seen[i] for i in places), ranks)

    def _maps(self, places: Sequence[int]) -> list[Array]:
        return list(self._maps_one_by_one(places))

    def _maps_one_by_one(self, places: Sequence[int]) -> Iterator[Array]:
        """Look at images on all cores, a few ahead, in order; what remains to do is their map."""
        ahead: deque[tuple[int, Future[Observed]]] = deque()
        waiting = deque(places)
        while waiting or ahead:
            while waiting and len(ahead) <= 2 * self.threads:
                ahead.append((waiting[0], self._submit(waiting.popleft())))
            place, task = ahead.popleft()
            one = task.result()
            self.seen[place] = one.without_map()
            self.progress(len(self.seen), len(self.sources))
            if one.map is not None and self.pixels:
                yield one.map

    def _submit(self, place: int) -> Future[Observed]:
        source = self.sources[place]
        return self.pool.submit(
            observe, source, self.settings, shape=self.shape, pixels=self.pixels
        )

    def _ranked(self, held: list[Array], rest: Iterator[Array]) -> RankCounts:
        distinct = distinct_scores([one.anomalous for one in self.seen.values()])
        expected = sum(scores.size for scores in held)
        if len(self.seen) < len(self.sources):
            expected = max(expected, _SOME_PIXELS)
        counter = RankCounter(distinct, self.pool, self.threads, expected)
        while held:
            counter.add(held.pop())
        for scores in rest:
            counter.add(scores)
        return counter.finish()

    def _common_shape(self) -> tuple[int, int] | None:
        """The size that maps without a mask are resized to: that of all masks."""
        if self.settings.resize is None:
            return None
        shapes = {(one.row.height or 0, one.row.width or 0) for one in self.seen.values()}
        if len(shapes) > 1 and len(self.seen) < len(self.sources):
            raise InputError(
                f"resize: found masks of {len(shapes)} sizes, so normal images without a mask have "
                "no size to be brought to; give every normal image an empty mask"
            )
        return next(iter(shapes), None)


def _silent(done: int, total: int) -> None:
    """Tell nobody."""
