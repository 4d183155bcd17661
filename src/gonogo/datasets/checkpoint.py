"""The checkpoint of a run: where it lies, when it is written, and what is said about it.

It is written every few seconds, less often where writing takes long, and goes when the run is
complete. One that cannot be written (a full disk) is reported and tried again: counting goes on.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from gonogo.datasets.checkpoint_files import CheckpointFiles, images_done
from gonogo.errors import CheckpointWarning, GonogoError, InputError, warn
from gonogo.results.files import UNFINISHED

__all__ = ["EVERY", "Checkpoint", "discard_checkpoint", "unfinished_images"]

EVERY = 10.0
"""Seconds between two checkpoints."""
_SHARE = 40.0
"""Between two checkpoints lies at least so many times the time that writing one takes."""
_WORTH = 0.1
"""So much of the time between two is worth a checkpoint where a run has to stop."""
_SMALLEST = 4
"""Images for each thread in a piece between two readings of the clock; the first piece has more."""


def unfinished_images(folder: str | os.PathLike[str]) -> int:
    """Images that an unfinished run below this folder has counted; 0 where there is none."""
    return images_done(Path(folder) / UNFINISHED)


def discard_checkpoint(folder: str | os.PathLike[str]) -> None:
    """Remove the checkpoint below this folder, if there is one."""
    unfinished = Path(folder) / UNFINISHED
    aside = unfinished.with_name(f"{UNFINISHED}-gone")
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):  # there is none; moved at once, a kill in between leaves no half
        unfinished = unfinished.replace(aside)
    shutil.rmtree(unfinished, ignore_errors=True)


class Checkpoint:
    """When to write what was counted; use it in a ``with`` block.

    Categories that are finished between two checkpoints wait for the next one.
    """

    def __init__(self, folder: Path, *, every: float | None = None) -> None:
        self.folder = folder / UNFINISHED
        self._every = EVERY if every is None else every
        self._waiting: list[Callable[[], None]] = []
        self._last = monotonic()
        self._pause = self._every
        self._warned = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, (GonogoError, KeyboardInterrupt)) and self.worth_it:
            self._write()

    def files(self, category: str) -> CheckpointFiles:
        """The files of one category, whatever characters its name has."""
        name = hashlib.blake2b(category.encode(), digest_size=8).hexdigest()
        return CheckpointFiles(self.folder / name)

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return monotonic() - self._last >= self._pause

    @property
    def worth_it(self) -> bool:
        """Whether there is something to lose."""
        return monotonic() - self._last >= _WORTH * self._every

    def save(self, write: Callable[[], None]) -> None:
        """Write now, also what waits."""
        self._waiting.append(write)
        self._write()

    def finished(self, write: Callable[[], None]) -> None:
        """Write when it is time: what is written no longer changes."""
        self._waiting.append(write)
        if self.due:
            self._write()

    def pieces(self, indices: Sequence[int], threads: int) -> Iterator[Sequence[int]]:
        """The images of a pass in pieces that last until the next checkpoint."""
        least = _SMALLEST * threads
        start, size = 0, 2 * least
        while start < len(indices):
            begin = monotonic()
            yield indices[start : start + size]
            now = monotonic()
            start += size
            left = max(self._last + self._pause - now, self._pause / 8)
            fitting = int(size * left / max(now - begin, 1e-6))
            size = max(least, min(fitting, 4 * size))

    def _write(self) -> None:
        start = monotonic()
        try:
            for write in self._waiting:
                write()
        except InputError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            self._warn_once(error.__cause__)
        self._waiting.clear()  # after a failure as well: memory stays bounded
        self._last = monotonic()
        self._pause = max(self._every, _SHARE * (self._last - start))

    def _warn_once(self, error: OSError) -> None:
        if not self._warned:
            warn(
                f"{self.folder}: cannot write the checkpoint ({error.strerror or error}); counting "
                "goes on, but if it is stopped now, it starts where the last checkpoint was",
                CheckpointWarning,
            )
        self._warned = True
