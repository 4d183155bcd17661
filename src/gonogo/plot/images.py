"""The maps, masks and photographs that belong to the images of a result."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gonogo.datasets.images import find_again
from gonogo.datasets.originals import find_originals
from gonogo.errors import InputError
from gonogo.plot.series import one_result
from gonogo.report import matched, originals_of
from gonogo.results import Result, Run, load
from gonogo.types import ImageRow, Original

__all__ = ["Shown", "images_of"]

Shown = list[tuple[ImageRow, Original]]
"""Rows of a result with what they were made of."""


def images_of(
    result: Any,
    maps: Any,
    masks: Any,
    photographs: Sequence[Any] | None,
    category: str | None,
) -> tuple[Result, Shown]:
    """The result, and its images: those given again, or those that the run knows the place of."""
    if isinstance(result, (str, os.PathLike)):
        result = load(Path(result))
    one = one_result(result, category)
    if maps is not None:
        return one, _matched(one.images, originals_of(one.images, maps, masks, photographs))
    name = None
    if isinstance(result, Run):
        name = category if category is not None else next(iter(result.categories))
    originals = _of_run(result, name) if isinstance(result, Run) and name is not None else ()
    if not originals:
        again = "give maps= and masks= again, as in gonogo.evaluate"
        if isinstance(result, Run):
            raise InputError(f"maps: found none; a run of arrays keeps no images, so {again}")
        raise InputError(
            "maps: found none, and a Result keeps no images; if it is of a run of folders, pass "
            f"the Run itself with category='<its name>', else {again}"
        )
    return one, _matched(one.images, originals)


def _of_run(run: Run, category: str) -> Sequence[Original]:
    if category in run.originals:
        return run.originals[category]
    if run.origin is None:
        return ()
    origin = run.origin
    found = find_again(origin)
    return find_originals(origin.ground_truth, found).get(category, ())


def _matched(rows: Sequence[ImageRow], originals: Sequence[Original]) -> Shown:
    """Rows with their originals, without those that have none."""
    return [(rows[place], one) for place, one in sorted(matched(rows, originals).items())]
