"""Which way to count: exact, certified, or whichever fits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

from gonogo.counting.counted import Counted
from gonogo.counting.exact import TooManyAnomalous, count_exactly
from gonogo.counting.failures import left_out
from gonogo.counting.gridded import count_on_grid
from gonogo.counting.reading import Progress, Reading
from gonogo.errors import InputWarning
from gonogo.states import capacity
from gonogo.types import ImageSource, OnError, Settings

__all__ = ["DEFAULT_BUDGET", "count_images", "most_anomalous", "warn_of_certified"]

DEFAULT_BUDGET = 64 << 20
_DEFAULT_ANOMALOUS = 1 << 30


def count_images(
    sources: Sequence[ImageSource],
    settings: Settings,
    *,
    pixels: bool = True,
    progress: Progress | None = None,
    in_memory: bool = False,
    on_error: OnError = "stop",
) -> Counted:
    """Look at every image, and count its pixels if there are masks.

    ``auto`` is exact, unless the anomalous scores alone exceed the budget (1 GiB if none was
    named): then it starts again in certified mode, and warns. Images in memory are counted exactly.
    With ``on_error`` skip, images that cannot be used are left out and listed as skipped.
    """
    by_place, keep = dict(enumerate(sources)), on_error == "skip"
    if settings.mode != "certified":
        most = None if in_memory else most_anomalous(settings)
        with Reading(
            by_place, settings, pixels=pixels, progress=progress, keep_going=keep
        ) as reading:
            try:
                counted: Counted = count_exactly(reading, most_anomalous=most)
                return replace(counted, skipped=left_out(reading.failed, by_place, on_error))
            except TooManyAnomalous:
                warn_of_certified(most)
    with Reading(by_place, settings, pixels=pixels, progress=progress, keep_going=keep) as reading:
        size = capacity(settings.budget or DEFAULT_BUDGET)
        counted = count_on_grid(reading, size).counted(pixels=pixels)
        return replace(counted, skipped=left_out(reading.failed, by_place, on_error))


def warn_of_certified(most: int | None) -> None:
    """Tell that there are too many anomalous scores for exact counts."""
    warnings.warn(
        f"mode auto: the anomalous scores alone take more than {most} bytes, so counts "
        "are certified rather than exact; name a larger budget, or mode exact",
        InputWarning,
        stacklevel=3,
    )


def most_anomalous(settings: Settings) -> int | None:
    """Bytes of anomalous scores beyond which ``auto`` gives up exactness; None for no limit."""
    if settings.mode == "exact":
        return None
    return settings.budget or _DEFAULT_ANOMALOUS
