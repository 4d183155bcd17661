"""Counting the images of a category: in one go, or with a checkpoint of how far it has come.

Partial results are added exactly and in any partition, so a run that was stopped and taken up again
ends with the same bits as one that was not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from gonogo.cores import available_cores
from gonogo.counting import (
    Counted,
    PartialResult,
    Progress,
    Snapshot,
    count_images,
    skipped,
)
from gonogo.datasets.checkpoint import Checkpoint, discard_checkpoint
from gonogo.datasets.checkpoint_files import Saved
from gonogo.datasets.checkpoint_plan import plan_of, refuse_other_plan
from gonogo.datasets.fingerprint import Fingerprints, StoredImage, Watched, still_the_same
from gonogo.errors import InputError
from gonogo.files import local_path
from gonogo.results.files import destination
from gonogo.types import ImageSource, OnError, Settings

__all__ = ["CheckpointRecorder", "counting"]

Count = Callable[[str, Sequence[ImageSource], Progress | None], Counted]
"""Counts the images of a category, given its name."""


@contextmanager
def counting(
    settings: Settings,
    on_error: OnError,
    checkpoint: str | os.PathLike[str] | None,
    *,
    fresh: bool,
    pixels: bool = True,
    count_sources: Callable[..., Counted] = count_images,
) -> Iterator[Count]:
    """How to count a category by its name; ``checkpoint`` is the folder to write down progress in.

    Without ``pixels`` there are image scores alone. ``count_sources`` is what counts: this process,
    or a cluster with the same arguments.
    """
    count_these = partial(count_sources, pixels=pixels, on_error=on_error)

    def count_at_once(_: str, images: Sequence[ImageSource], progress: Progress | None) -> Counted:
        return count_these(images, settings, progress=progress)

    if checkpoint is None:
        yield count_at_once
        return
    folder = local_path(checkpoint, "checkpoint")
    if fresh:
        discard_checkpoint(folder)
    with destination(folder), Checkpoint(folder) as written:

        def count(name: str, images: Sequence[ImageSource], progress: Progress | None) -> Counted:
            stored = [image for image in images if isinstance(image, StoredImage)]
            if len(stored) < len(images):  # nothing tells whether others are still the same
                return count_at_once(name, images, progress)
            recorder = CheckpointRecorder(name, stored, settings, written, on_error, pixels=pixels)
            return count_these(recorder.sources, settings, progress=progress, recorder=recorder)

        yield count


class CheckpointRecorder:
    """Writes down how far the counting of one category has come; see ``counting.Recorder``.

    ``sources`` are the images, which note what was read of their files, and ``done`` is what an
    earlier run of the same plan counted.

    Raises:
        InputError: the checkpoint is of another plan or damaged, or a file that was counted has
            changed.
    """

    keep_going = True  # each piece is counted whole, so that what is written is whole as well

    def __init__(
        self,
        category: str,
        images: Sequence[StoredImage],
        settings: Settings,
        checkpoint: Checkpoint,
        on_error: OnError,
        *,
        pixels: bool,
    ) -> None:
        self.done: PartialResult | None = None
        self.pieces = checkpoint.pieces
        self._checkpoint, self._on_error = checkpoint, on_error
        self._plan = plan_of(category, images, settings, pixels=pixels)
        self._files = checkpoint.files(category)
        prints: dict[int, Fingerprints] = {}
        saved = self._files.load(settings, pixels=pixels)
        if saved is not None:
            refuse_other_plan(saved.plan, self._plan, self._files.folder)
            self.done, prints = saved.partial, _compared(images, saved.prints, settings)
        self.sources = [Watched(image, prints.get(k)) for k, image in enumerate(images)]
        self._by_index = dict(enumerate(self.sources))

    def between(self, failed: Mapping[int, InputError], snapshot: Snapshot) -> None:
        """Write when it is time; stop where an image cannot be used, and keep the others."""

        def write() -> None:
            self._save(snapshot())

        try:
            skipped(failed, self._by_index, self._on_error)
        except InputError:
            if self._checkpoint.worth_it:
                self._checkpoint.save(write)
            raise
        if self._checkpoint.due:
            self._checkpoint.save(write)

    def finished(self, whole: PartialResult) -> None:
        """Write the complete count with the next checkpoint."""
        kept = replace(whole, distinct=None)
        self._checkpoint.finished(lambda: self._save(kept))

    def _save(self, partial: PartialResult) -> None:
        prints = {k: one.prints for k, one in self._by_index.items() if one.prints is not None}
        self._files.save(Saved(self._plan, partial, prints))


def _compared(
    images: Sequence[StoredImage], before: dict[int, Fingerprints], settings: Settings
) -> dict[int, Fingerprints]:
    """The present fingerprints of the files that an earlier run read, which are the same."""

    def compare(index: int) -> Fingerprints:
        return still_the_same(images[index], before[index], settings)

    with ThreadPoolExecutor(available_cores()) as pool:
        return dict(zip(before, pool.map(compare, before), strict=True))
