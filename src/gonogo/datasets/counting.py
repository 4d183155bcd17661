"""Counting the images of a category: in one go, or with a checkpoint of how far it has come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from gonogo.counting import Counted, Progress, count_images
from gonogo.datasets.checkpoint import Checkpoint, discard_checkpoint
from gonogo.datasets.checkpoint_counting import count_with_checkpoint
from gonogo.datasets.image_file import ImageFile
from gonogo.files import local_path
from gonogo.results.files import destination
from gonogo.types import ImageSource, OnError, Settings

__all__ = ["counting"]

Count = Callable[[str, Sequence[ImageSource], Progress | None], Counted]


@contextmanager
def counting(
    settings: Settings,
    on_error: OnError,
    checkpoint: str | os.PathLike[str] | None,
    *,
    fresh: bool,
    pixels: bool = True,
) -> Iterator[Count]:
    """How to count a category by its name; ``checkpoint`` is the folder to write down progress in.

    Without ``pixels`` there are image scores alone.
    """

    def count_at_once(_: str, images: Sequence[ImageSource], progress: Progress | None) -> Counted:
        return count_images(images, settings, pixels=pixels, progress=progress, on_error=on_error)

    if checkpoint is None:
        yield count_at_once
        return
    folder = local_path(checkpoint, "checkpoint")
    if fresh:
        discard_checkpoint(folder)
    with destination(folder), Checkpoint(folder) as written:

        def count(name: str, images: Sequence[ImageSource], progress: Progress | None) -> Counted:
            files = [image for image in images if isinstance(image, ImageFile)]
            if len(files) < len(images):  # nothing tells whether a Zarr array is still the same
                return count_at_once(name, images, progress)
            return count_with_checkpoint(
                name,
                files,
                settings,
                written,
                pixels=pixels,
                on_error=on_error,
                progress=progress,
            )

        yield count
