"""The main job on a cluster, over images that workers read when their turn comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gonogo.counting import Progress
from gonogo.distributed.cluster import refuse_without_workers
from gonogo.distributed.cluster_passes import ClusterPasses
from gonogo.distributed.derive import derive
from gonogo.distributed.options import at_least, stop_or_skip
from gonogo.distributed.passes import counted_part
from gonogo.results import Result
from gonogo.types import ImageSource, OnError, Settings

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["evaluate_sources"]


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
    stop_or_skip(on_error)
    passes = ClusterPasses(
        client,
        sources,
        settings,
        pixels=pixels,
        partition=None if partition is None else at_least(1, partition, "partition"),
        fan_in=at_least(2, fan_in, "fan_in"),
        progress=progress,
    )
    # Dask's own functions ask for the current client.
    with client.as_current(), refuse_without_workers(client, passes.cancel):
        part = counted_part(passes, settings)
    return derive(part, on_error=on_error, category=category)
