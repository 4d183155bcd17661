"""Counting one category so that it can go on where it was: the same walks, with stops in between.

States are added exactly and in any partition, so a run that was stopped and taken up again ends
with the same bits as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gonogo.counting import (
    DEFAULT_BUDGET,
    CertifiedCounts,
    Counted,
    ExactCounts,
    Look,
    Progress,
    Reading,
    TooManyAnomalous,
    left_out,
    most_anomalous,
    warn_of_certified,
)
from gonogo.datasets.checkpoint import Checkpoint
from gonogo.datasets.checkpoint_files import CheckpointFiles
from gonogo.datasets.checkpoint_plan import plan_of, refuse_other_plan
from gonogo.datasets.checkpoint_ranking import Ranking
from gonogo.datasets.checkpoint_state import Halfway
from gonogo.datasets.fingerprint import Watched, still_the_same
from gonogo.datasets.image_file import ImageFile
from gonogo.errors import InputError
from gonogo.states import GridCounter, GridCounts, Observed, RankCounts, capacity
from gonogo.types import Array, OnError, Settings, Skipped

__all__ = ["count_with_checkpoint"]

_HELD_BYTES = 1 << 30


def count_with_checkpoint(
    category: str,
    images: Sequence[ImageFile],
    settings: Settings,
    checkpoint: Checkpoint,
    *,
    pixels: bool = True,
    on_error: OnError = "stop",
    progress: Progress | None = None,
) -> Counted:
    """Counts of all images, from where an earlier run of the same plan was stopped.

    Without ``pixels`` there are image scores alone.

    Raises:
        InputError: the checkpoint is of another plan or damaged, a file that was counted has
            changed, or an image cannot be used; what was counted so far is kept.
    """
    job = _resumed(category, images, settings, checkpoint, on_error, pixels=pixels)
    if not pixels:
        return _images_alone(job, progress)
    if job.halfway.mode == "exact":
        try:
            return _exact(job, progress)
        except TooManyAnomalous:
            job.halfway = Halfway("certified", prints=job.halfway.prints)
    if settings.mode == "auto":
        warn_of_certified(most_anomalous(settings))
    return _certified(job, progress)


@dataclass
class _Job:
    """What the walks of one category share."""

    images: Sequence[ImageFile]
    settings: Settings
    pixels: bool
    checkpoint: Checkpoint
    files: CheckpointFiles
    plan: dict[str, Any]
    on_error: OnError
    halfway: Halfway

    def reading(self, progress: Progress | None) -> Reading:
        """All images, of which some were looked at."""
        seen, prints = self.halfway.seen, self.halfway.prints
        done = len(seen)
        return Reading(
            {place: Watched(image, place, prints) for place, image in enumerate(self.images)},
            self.settings,
            pixels=self.pixels,
            progress=None if progress is None else lambda now, every: progress(done + now, every),
            mask_shapes=[
                (one.row.height or 0, one.row.width or 0)
                for place, one in seen.items()
                if one.masked and self.images[place].label is not False
            ],
            keep_going=True,
        )

    def unseen(self, places: Sequence[int]) -> list[int]:
        """Those that are still to be looked at."""
        return [place for place in places if place not in self.halfway.seen]

    def between(self, reading: Reading, sum_up: Callable[[], object]) -> None:
        """Between two images: write when it is time, and stop where an image cannot be used."""

        def write() -> None:
            sum_up()
            self.write()

        try:
            left_out(reading.failed, reading.sources, self.on_error)
        except InputError:
            if self.checkpoint.worth_it:
                self.checkpoint.save(write)
            raise
        if self.checkpoint.due:
            self.checkpoint.save(write)

    def write(self) -> None:
        """Write how far it has come."""
        self.files.save(self.plan, self.halfway)

    def finished(self, reading: Reading) -> tuple[tuple[Observed, ...], tuple[Skipped, ...]]:
        """All images in order, and those that were skipped."""
        skipped = left_out(reading.failed, reading.sources, self.on_error)
        self.checkpoint.finished(self.write)
        seen = self.halfway.seen
        return tuple(seen[place] for place in sorted(seen)), skipped


def _resumed(
    category: str,
    images: Sequence[ImageFile],
    settings: Settings,
    checkpoint: Checkpoint,
    on_error: OnError,
    *,
    pixels: bool,
) -> _Job:
    plan = plan_of(category, images, settings, pixels=pixels)
    files = checkpoint.files(category)
    halfway = Halfway("certified" if settings.mode == "certified" else "exact")
    job = _Job(images, settings, pixels, checkpoint, files, plan, on_error, halfway)
    saved = files.load()
    if saved is not None:
        refuse_other_plan(saved[0], plan, files.folder)
        job.halfway = saved[1]
        _compare_files(job)
    return job


def _compare_files(job: _Job) -> None:
    prints = job.halfway.prints

    def compare(place: int) -> None:
        prints[place] = still_the_same(job.images[place], prints[place], job.settings)

    with job.reading(None) as reading:
        for _ in reading.ahead(list(prints), compare):
            pass


def _images_alone(job: _Job, progress: Progress | None) -> Counted:
    """One walk for what is kept of every image."""
    with job.reading(progress) as reading:
        for places in (reading.maybe_anomalous(), reading.normal()):
            for piece in job.checkpoint.pieces(job.unseen(places), reading.threads):
                for place, one in reading.observed(piece):
                    job.halfway.seen[place] = one.without_scores()
                job.between(reading, lambda: None)
        images, skipped = job.finished(reading)
    counts = CertifiedCounts if job.halfway.mode == "certified" else ExactCounts
    return counts(images, None, skipped=skipped)


def _exact(job: _Job, progress: Progress | None) -> ExactCounts:
    with job.reading(progress) as reading:
        held = _look(job, reading)
        ranks = _rank(job, reading, held)
        images, skipped = job.finished(reading)
    return ExactCounts(images, ranks, skipped=skipped)


def _look(job: _Job, reading: Reading) -> dict[int, Array]:
    """The first walk; maps that are held for the second."""
    halfway, held = job.halfway, dict[int, Array]()
    most = most_anomalous(job.settings)
    anomalous = sum(one.anomalous.nbytes for one in halfway.seen.values())
    room = _HELD_BYTES
    places = job.unseen(reading.maybe_anomalous())
    for piece in job.checkpoint.pieces(places, reading.threads):
        for place, one in reading.observed(piece):
            halfway.seen[place] = one.without_map()
            halfway.ranks, halfway.ranked = None, set()
            anomalous += one.anomalous.nbytes
            if most is not None and anomalous > most:
                raise TooManyAnomalous
            if one.map is not None and one.map.nbytes <= room:
                held[place] = one.map
                room -= one.map.nbytes
        job.between(reading, lambda: None)
    return held


def _rank(job: _Job, reading: Reading, held: dict[int, Array]) -> RankCounts:
    """The second walk: what is held, then what must be read again, then the normal images."""
    halfway = job.halfway
    distinct = Look(halfway.seen).distinct()
    ranking = Ranking(halfway, distinct, reading)
    left = [place for place in reading.sources if place not in halfway.ranked]
    again = [place for place in left if place in halfway.seen and place not in held]
    while held:
        ranking.add(*held.popitem())
    job.between(reading, ranking.sum_up)
    for piece in job.checkpoint.pieces(again, reading.threads):
        for place, scores in zip(piece, reading.maps(piece), strict=True):
            ranking.add(place, scores)
        job.between(reading, ranking.sum_up)
    for piece in job.checkpoint.pieces(job.unseen(reading.normal()), reading.threads):
        for place, one in reading.observed(piece):
            halfway.seen[place] = one.without_map()
            if one.map is not None:
                ranking.add(place, one.map)
        job.between(reading, ranking.sum_up)
    return ranking.sum_up().counts(distinct)


def _certified(job: _Job, progress: Progress | None) -> CertifiedCounts:
    """One walk, counted in the threads that look."""
    size = capacity(job.settings.budget or DEFAULT_BUDGET)
    halfway, counter = job.halfway, GridCounter(size)
    before = GridCounts.empty(size) if halfway.grid is None else halfway.grid

    def count(one: Observed) -> Observed:
        if one.map is not None:
            counter.add(one.map, one.anomalous, one.row.defect)
        return one.without_scores()

    def sum_up() -> GridCounts:
        halfway.grid = before + counter.counts()
        return halfway.grid

    with job.reading(progress) as reading:
        for places in (reading.maybe_anomalous(), reading.normal()):
            for piece in job.checkpoint.pieces(job.unseen(places), reading.threads):
                halfway.seen.update(reading.observed(piece, count))
                job.between(reading, sum_up)
        grid = sum_up()
        images, skipped = job.finished(reading)
    return CertifiedCounts(images, grid, skipped=skipped)
