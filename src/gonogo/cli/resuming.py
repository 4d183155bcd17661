"""Said where an earlier run into the same folder was stopped: what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gonogo.cli.output import tell
from gonogo.errors import InputError

if TYPE_CHECKING:
    from gonogo.datasets import FolderProgress

__all__ = ["completing", "going_on"]


@contextmanager
def going_on(
    out: Path | None, progress: FolderProgress | None, *, fresh: bool, quiet: bool
) -> Iterator[FolderProgress | None]:
    """The same progress, which first tells of an unfinished run in the folder.

    It is told once an image was counted, so that a run that is refused is not said to go on.
    Ctrl-C says what is kept of the run; where ``out`` is None that is nothing.
    """
    try:
        with _telling(out, progress, fresh=fresh, quiet=quiet) as shown:
            yield shown
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(*_kept(out, fresh=fresh)) from error


def _kept(out: Path | None, *, fresh: bool) -> list[str]:
    """What is kept of a run that was interrupted, if that is known."""
    from gonogo.datasets import unfinished_images

    try:
        done = 0 if out is None else unfinished_images(out)
    except InputError:
        return []
    if not done:
        return ["nothing was kept"]
    images = "1 image is" if done == 1 else f"{done} images are"
    same = "the same command without --fresh" if fresh else "the same command"
    return [f"{images} kept in {out}, and {same} goes on from there"]


@contextmanager
def _telling(
    out: Path | None, progress: FolderProgress | None, *, fresh: bool, quiet: bool
) -> Iterator[FolderProgress | None]:
    from gonogo.datasets import unfinished_images

    done = 0 if out is None or fresh or quiet else unfinished_images(out)
    left = [f"going on with the unfinished run in {out}: {done} images were counted before"]
    if not done:
        yield progress
        return

    def show(category: str, images: int, total: int) -> None:
        while left:
            tell(left.pop())
        if progress is not None:
            progress(category, images, total)

    yield show
    while left:  # no image was left to count
        tell(left.pop())


@contextmanager
def completing(out: Path | None) -> Iterator[None]:
    """Mark the folder as that of an unfinished run until the block, which writes it, has ended.

    So the same command goes on if it is killed in between. An error leaves no mark of its own.
    """
    from gonogo.datasets import discard_checkpoint
    from gonogo.results.files import UNFINISHED, mark_unfinished

    if out is None:
        yield
        return
    made = [] if out.exists() else [out]
    mark_unfinished(out)
    try:
        yield
    except Exception:
        for folder in (out / UNFINISHED, *made):
            with suppress(OSError):  # there is more in it
                folder.rmdir()
        raise
    discard_checkpoint(out)
