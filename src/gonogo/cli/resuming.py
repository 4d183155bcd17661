"""Said before a run goes on where an earlier one was stopped."""

from __future__ import annotations

from pathlib import Path

from gonogo.cli.output import tell

__all__ = ["tell_of_unfinished"]


def tell_of_unfinished(out: Path, *, fresh: bool, quiet: bool) -> None:
    """That there is an unfinished run in the folder, and what becomes of it."""
    from gonogo.datasets import unfinished_images

    if fresh or quiet:
        return
    done = unfinished_images(out)
    if done:
        tell(f"going on with the unfinished run in {out}: {done} images were counted before")
