"""Which way to count: exact, certified, or whichever fits."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace

from gonogo.counting.counted import Counted
from gonogo.counting.failures import skipped
from gonogo.counting.partial import DEFAULT_BUDGET, PartialResult
from gonogo.counting.passes import (
    NullRecorder,
    Recorder,
    TooManyAnomalous,
    both_passes,
    single_pass,
)
from gonogo.counting.reader import ImageReader, Progress
from gonogo.errors import InputWarning
from gonogo.states import capacity
from gonogo.types import ImageSource, OnError, Settings

__all__ = ["count_images", "most_anomalous", "warn_of_certified"]

_DEFAULT_ANOMALOUS = 1 << 30


def count_images(
    sources: Sequence[ImageSource],
    settings: Settings,
    *,
    pixels: bool = True,
    progress: Progress | None = None,
    in_memory: bool = False,
    on_error: OnError = "stop",
    recorder: Recorder | None = None,
) -> Counted:
    """Read every image, and count its pixels if there are masks.

    ``auto`` is exact, unless the anomalous scores alone exceed the budget (1 GiB if none was
    named): then it starts again in certified mode, and warns. Images in memory are counted exactly.
    With ``on_error`` skip, images that cannot be used are listed as skipped. A ``recorder`` is
    called between pieces of the images, and says what an earlier run counted.
    """
    by_index, recorder = dict(enumerate(sources)), recorder or NullRecorder()
    most = None if in_memory else most_anomalous(settings)
    done = recorder.done or PartialResult(
        settings, pixels, "certified" if settings.mode == "certified" else "exact"
    )

    def counted(passes: Callable[[ImageReader], PartialResult]) -> Counted:
        with ImageReader(
            by_index,
            settings,
            pixels=pixels,
            progress=progress,
            mask_shapes=_mask_shapes(done, by_index),
            keep_going=recorder.keep_going or on_error == "skip",
            done=len(done.images),
        ) as reader:
            whole = passes(reader)
            without = skipped(reader.failed, by_index, on_error)
        recorder.finished(whole)
        return replace(whole.counted(), skipped=without)

    if pixels and done.mode == "exact":
        try:
            return counted(lambda reader: both_passes(reader, done, recorder, most=most))
        except TooManyAnomalous:
            done = PartialResult(settings, pixels, "certified")
    if pixels and settings.mode == "auto":
        warn_of_certified(most)
    size = capacity(settings.budget or DEFAULT_BUDGET)
    return counted(lambda reader: single_pass(reader, done, size, recorder))


def warn_of_certified(most: int | None) -> None:
    """Warn that there are too many anomalous scores for exact counts."""
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


def _mask_shapes(
    done: PartialResult, sources: dict[int, ImageSource]
) -> frozenset[tuple[int, int]]:
    """The sizes of masks of an earlier run; those of images known to be normal do not count."""
    maybe = {k: image for k, image in done.images.items() if sources[k].label is not False}
    return replace(done, images=maybe).mask_shapes
