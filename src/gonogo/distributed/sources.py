"""The main job on a cluster, over images that workers read when their turn comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gonogo.counting import Counted, Progress, Recorder
from gonogo.distributed.cluster import refuse_without_workers
from gonogo.distributed.cluster_passes import ClusterPasses
from gonogo.distributed.derive import counted_of
from gonogo.distributed.options import at_least, stop_or_skip
from gonogo.distributed.passes import counted_part
from gonogo.evaluation import concluded
from gonogo.results import Result
from gonogo.types import ImageSource, OnError, Settings

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["count_sources", "evaluate_sources"]


def evaluate_sources(
    sources: Sequence[ImageSource],
    settings: Settings,
    *,
    client: Client,
    category: str | None = None,
    pixels: bool = True,
    on_error: OnError = "stop",
    partition: int | None = None,
    fan_in: int = 4,
    progress: Progress | None = None,
) -> Result:
    """Score images on the workers of ``client``: the same bits as in one process.

    Args:
        sources: images that can be pickled, and read by every worker.
        settings: checked options.
        client: of the cluster to count on.
        category: what warnings call the images.
        pixels: whether there are masks.
        on_error: ``"stop"`` raises for images that no worker can read, once the rest is counted;
            ``"skip"`` leaves them out and lists them in ``result.skipped``.
        partition: images a task; by default eight tasks for each thread.
        fan_in: how many parts are merged at a time.
        progress: called with (images done, images in all) after each task.

    Raises:
        InputError: images cannot be read, with ``on_error="stop"``.
        GonogoError: the cluster has had no worker for a minute, or several died of the same task.
    """
    counted = count_sources(
        sources,
        settings,
        client=client,
        pixels=pixels,
        on_error=on_error,
        partition=partition,
        fan_in=fan_in,
        progress=progress,
    )
    return concluded(counted, settings, category=category)


def count_sources(
    sources: Sequence[ImageSource],
    settings: Settings,
    *,
    client: Client,
    pixels: bool = True,
    on_error: OnError = "stop",
    partition: int | None = None,
    fan_in: int = 4,
    progress: Progress | None = None,
    recorder: Recorder | None = None,
) -> Counted:
    """Count images on the workers of ``client``: the same counts as in one process.

    The arguments are those of :func:`evaluate_sources`, and a ``recorder`` that is called between
    pieces of the images, as in :func:`gonogo.counting.count_images`.
    """
    stop_or_skip(on_error)
    passes = ClusterPasses(
        client,
        sources,
        settings,
        pixels=pixels,
        partition=None if partition is None else at_least(1, partition, "partition"),
        fan_in=at_least(2, fan_in, "fan_in"),
        progress=progress,
        recorder=recorder,
    )
    done = None if recorder is None else recorder.done
    certified = done is not None and done.mode == "certified"
    # Dask's own functions ask for the current client.
    with client.as_current(), refuse_without_workers(client, passes.cancel):
        whole = counted_part(passes, settings, pixels=pixels, certified=certified)
    if recorder is not None:
        recorder.finished(whole)
    return counted_of(whole, on_error=on_error)
