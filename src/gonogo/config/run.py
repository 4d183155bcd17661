"""Doing what a file of settings asks for: find, count, fit thresholds and scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from gonogo.config.job import Found, Job, LevelName
from gonogo.config.scales import fitted_scale
from gonogo.config.thresholds import fitted_threshold
from gonogo.datasets import FolderProgress
from gonogo.datasets.score_file import with_scores
from gonogo.errors import InputError
from gonogo.evaluation import evaluate_sources
from gonogo.normalization import Normalization
from gonogo.results import Run
from gonogo.thresholds import Threshold
from gonogo.types import Original

__all__ = ["Outcome", "evaluate_job"]


@dataclass(frozen=True)
class Outcome:
    """What a job came to; thresholds and scales are by category and level."""

    job: Job
    run: Run
    found: Mapping[str, Found]
    thresholds: Mapping[str, Mapping[LevelName, Threshold]]
    scales: Mapping[str, Mapping[LevelName, Normalization]]


def evaluate_job(job: Job, progress: FolderProgress | None = None) -> Outcome:
    """Score the maps of a job against its ground truth, as :func:`gonogo.evaluate_folder` does.

    ``progress`` is called with (category, images done, images in all) after each image.

    Raises:
        InputError: a folder or file is missing or not as described, or a threshold or a scale
            cannot be fitted on this data.
    """
    start = perf_counter()
    found = _found(job)
    results = {
        name: evaluate_sources(
            one.images,
            job.settings,
            category=name,
            pixels=job.pixels,
            progress=None if progress is None else partial(progress, name),
        )
        for name, one in found.items()
    }
    thresholds: dict[str, dict[LevelName, Threshold]] = {}
    scales: dict[str, dict[LevelName, Normalization]] = {}
    for name, result in results.items():
        thresholds[name], scales[name] = {}, {}
        for level, policy in job.policies.items():
            try:
                threshold = fitted_threshold(result, level, policy, found[name])
                thresholds[name][level] = threshold
                if job.scale is not None:
                    scales[name][level] = fitted_scale(job.scale, result, threshold, found[name])
            except InputError as error:
                raise InputError(f"{job.file}: {name}, {level} level: {error}") from error
    run = Run(
        results,
        job.settings,
        seconds=perf_counter() - start,
        origin=job.source.origin(job.maps),
        originals={
            name: [Original(image, one.photographs.get(image.name)) for image in one.images]
            for name, one in found.items()
        },
    )
    return Outcome(job, run, found, thresholds, scales)


def _found(job: Job) -> dict[str, Found]:
    found = job.source.find(job.maps, pixels=job.pixels)
    if job.image_scores is None:
        return found
    scored = with_scores({name: one.images for name, one in found.items()}, job.image_scores)
    # Training images are in no such file, so their maps say nothing about these scores.
    return {name: Found(scored[name], one.photographs) for name, one in found.items()}
