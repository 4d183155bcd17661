"""The images that a run left out, told in full: a table must not look complete where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gonogo.results import Run
from gonogo.types import Skipped

__all__ = ["skipped_lines", "skipped_notes"]

_MOST = 10


def skipped_notes(run: Run) -> Iterator[str]:
    """How many images of each category were skipped, and why the first of them."""
    for category, result in run.categories.items():
        lists = "results.json lists under skipped"
        yield from skipped_lines(result.skipped, category, lists)


def skipped_lines(skipped: Sequence[Skipped], place: str, lists: str) -> Iterator[str]:
    """How many images of a place were skipped, why the first of them, and what lists the rest."""
    if not skipped:
        return
    images = "1 image" if len(skipped) == 1 else f"{len(skipped)} images"
    reasons = [" ".join(one.reason.split()) for one in skipped]
    if len(reasons) == 1:
        yield f"{images} skipped in {place}: {reasons[0]}"
        return
    yield f"{images} skipped in {place}:"
    yield from (f"- {reason}" for reason in reasons[:_MOST])
    if len(reasons) > _MOST:
        yield f"- and {len(reasons) - _MOST} more, which {lists}"
