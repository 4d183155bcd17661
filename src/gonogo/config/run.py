"""Doing what a file of settings asks for: find, count, fit thresholds and scales."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from gonogo.config.job import Found, Job, LevelName
from gonogo.config.scales import fitted_scale
from gonogo.config.thresholds import fitted_threshold
from gonogo.counting import Counted, Progress, count_images
from gonogo.datasets import FolderProgress
from gonogo.datasets.counting import counting
from gonogo.datasets.images import has_pixel_level
from gonogo.datasets.score_file import with_scores
from gonogo.errors import InputError
from gonogo.evaluation import concluded
from gonogo.normalization import Normalization
from gonogo.results import Result, Run
from gonogo.thresholds import Threshold
from gonogo.types import ImageSource, Original, Settings

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["Outcome", "evaluate_job"]

_Evaluate = Callable[[str, Sequence[ImageSource], Progress | None], Result]


@dataclass(frozen=True)
class Outcome:
    """What a job came to; thresholds and scales are by category and level."""

    job: Job
    run: Run
    found: Mapping[str, Found]
    thresholds: Mapping[str, Mapping[LevelName, Threshold]]
    scales: Mapping[str, Mapping[LevelName, Normalization]]


def evaluate_job(
    job: Job,
    progress: FolderProgress | None = None,
    *,
    client: Client | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    fresh: bool = False,
) -> Outcome:
    """Score the maps of a job against its ground truth, as :func:`gonogo.evaluate_folder` does.

    ``progress`` is called with (category, images done, images in all) after each image. With a
    ``client`` the workers of that Dask cluster count; ``checkpoint`` and ``fresh`` are those of
    :func:`gonogo.evaluate_folder`.

    Raises:
        InputError: a folder or file is missing or not as described, or a threshold or a scale
            cannot be fitted on this data.
    """
    start = perf_counter()
    found = _found(job)
    job = _of_task(job, found)
    settings = job.settings
    if job.image_scores is not None:
        settings = replace(settings, image_score="given")
    with _evaluating(job, settings, client, checkpoint, fresh=fresh) as evaluate:
        results = {
            name: evaluate(name, one.images, None if progress is None else partial(progress, name))
            for name, one in found.items()
        }
    found = {name: one.without(results[name].skipped) for name, one in found.items()}
    thresholds: dict[str, dict[LevelName, Threshold]] = {}
    scales: dict[str, dict[LevelName, Normalization]] = {}
    for name, result in results.items():
        thresholds[name], scales[name] = {}, {}
        for level, policy in job.policies.items():
            try:
                threshold = fitted_threshold(
                    result, level, policy, found[name], confidence=job.confidence
                )
                thresholds[name][level] = threshold
                if job.scale is not None:
                    scales[name][level] = fitted_scale(job.scale, result, threshold, found[name])
            except InputError as error:
                raise InputError(f"{job.file}: {name}, {level} level: {error}") from error
    run = Run(
        {name: replace(one, thresholds=thresholds[name]) for name, one in results.items()},
        settings,
        seconds=perf_counter() - start,
        origin=job.source.origin(job.maps),
        originals={
            name: [Original(image, one.photographs.get(image.name)) for image in one.images]
            for name, one in found.items()
        },
    )
    return Outcome(job, run, found, thresholds, scales)


@contextmanager
def _evaluating(
    job: Job,
    settings: Settings,
    client: Client | None,
    checkpoint: str | os.PathLike[str] | None,
    *,
    fresh: bool,
) -> Iterator[_Evaluate]:
    """How to score a category: on a cluster, or here."""
    count_sources: Callable[..., Counted] = count_images
    if client is not None:
        from gonogo import distributed

        count_sources = partial(distributed.count_sources, client=client)
    with counting(
        settings,
        job.on_error,
        checkpoint,
        fresh=fresh,
        pixels=job.pixels,
        count_sources=count_sources,
    ) as count:

        def evaluate(name: str, images: Sequence[ImageSource], progress: Progress | None) -> Result:
            return concluded(count(name, images, progress), settings, category=name)

        yield evaluate


def _of_task(job: Job, found: Mapping[str, Found]) -> Job:
    """The job without its pixel level, where the data set has no masks, which was told."""
    images = {name: one.images for name, one in found.items()}
    if has_pixel_level(images, None if job.pixels else "image") == job.pixels:
        return job
    metrics, policies = dict(job.metrics), dict(job.policies)
    metrics.pop("pixel", None)
    policies.pop("pixel", None)
    return replace(job, pixels=False, metrics=metrics, policies=policies)


def _found(job: Job) -> dict[str, Found]:
    found = job.source.find(job.maps, pixels=job.pixels)
    if job.image_scores is None and job.columns:
        raise InputError("columns: found some without image_scores, the CSV file they are of")
    if job.image_scores is None:
        return found
    scored = with_scores(
        {name: one.images for name, one in found.items()}, job.image_scores, job.columns
    )
    # Training images are in no such file, so their maps say nothing about these scores.
    return {name: Found(scored[name], one.photographs) for name, one in found.items()}
