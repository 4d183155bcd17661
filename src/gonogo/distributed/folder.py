"""The main job on a cluster, from folders, URLs or Zarr arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from gonogo.datasets.folder import FolderProgress, folder_run
from gonogo.datasets.folder_options import FOLDER_OPTIONS, FolderKeywords, folder_options
from gonogo.distributed.options import ModeOptions, settings_of
from gonogo.distributed.sources import count_sources
from gonogo.results import Run
from gonogo.types import OnError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["evaluate_folder"]


class _Options(ModeOptions, FolderKeywords, total=False):
    """How to count, and how to read the folders."""


def evaluate_folder(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    *,
    client: Client,
    categories: Sequence[str] | None = None,
    image_scores: str | os.PathLike[str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    on_error: OnError = "stop",
    partition: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    progress: FolderProgress | None = None,
    **options: Unpack[_Options],
) -> Run:
    """:func:`gonogo.evaluate_folder` on the workers of a Dask cluster: the same bits.

    Every worker reads the files itself, so they must be where it finds them under the same name:
    on this machine, on a file system that all share, or behind URLs.

    Args:
        maps: a folder of maps, a URL that fsspec opens, or a Zarr array (N, H, W).
        ground_truth: a folder, URL or Zarr array of the same kind.
        client: of the cluster to count on.
        categories: and what follows as in :func:`gonogo.evaluate_folder`.
        image_scores: see there; read here, not by the workers.
        columns: see there.
        on_error: ``"stop"`` raises for files that no worker can read, all of them by name, once
            the rest is counted; ``"skip"`` leaves them out and lists them in ``result.skipped``.
        partition: images a task; by default eight tasks for each thread.
        checkpoint: see there; written on this machine.
        fresh: see there.
        progress: called with (category, images done, images in all) after each task.
        **options: see there.
    """
    given: dict[str, Any] = dict(options)
    how = folder_options(**{name: given.pop(name) for name in FOLDER_OPTIONS if name in given})
    return folder_run(
        maps,
        ground_truth,
        settings_of(given),
        how,
        categories=categories,
        image_scores=image_scores,
        columns=columns,
        on_error=on_error,
        checkpoint=checkpoint,
        fresh=fresh,
        progress=progress,
        count_sources=partial(count_sources, client=client, partition=partition),
    )
