"""The images that a run left out, told in full: a table must not look complete where it is not."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.results import Run

__all__ = ["skipped_notes"]

_MOST = 10


def skipped_notes(run: Run) -> Iterator[str]:
    """How many images of each category were skipped, and why the first of them."""
    for category, result in run.categories.items():
        if not result.skipped:
            continue
        images = "1 image" if len(result.skipped) == 1 else f"{len(result.skipped)} images"
        reasons = [one.reason for one in result.skipped]
        yield f"{images} skipped in {category}: {reasons[0]}"
        yield from reasons[1:_MOST]
        if len(reasons) > _MOST:
            yield f"and {len(reasons) - _MOST} more, which results.json lists under skipped"
