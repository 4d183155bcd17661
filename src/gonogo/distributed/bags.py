"""The main job over a Dask bag of images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from gonogo.distributed.count import sources_of
from gonogo.distributed.derive import derive
from gonogo.distributed.options import ModeOptions, library, settings_of, stop_or_skip
from gonogo.distributed.passes import GraphPasses, counted_part
from gonogo.errors import InputError
from gonogo.results import Result
from gonogo.types import ImageSource, OnError

__all__ = ["evaluate_bag"]

_LARGEST = 1 << 32


def evaluate_bag(bag: Any, *, on_error: OnError = "stop", **options: Unpack[ModeOptions]) -> Result:
    """:func:`gonogo.evaluate` for a Dask bag, partition by partition, on the scheduler Dask uses.

    Args:
        bag: pairs ``(map, mask)``, the mask ``None`` for a normal image, which are named after
            their partition and place in it; or image sources, as for :func:`count`. In mode exact
            the bag is computed twice: persist one that is costly to make.
        on_error: ``"skip"`` leaves out images that cannot be used, and lists them.
        **options: see :func:`gonogo.evaluate`.

    Example:
        >>> import numpy as np
        >>> import dask.bag as db
        >>> from gonogo.distributed import evaluate_bag
        >>> maps = np.arange(96.0).reshape(6, 4, 4)
        >>> bag = db.from_sequence(zip(maps, maps > 90), npartitions=3)
        >>> evaluate_bag(bag).pixel.auroc
        1.0
    """
    settings = settings_of(options)
    stop_or_skip(on_error)
    if not hasattr(bag, "to_delayed"):
        raise InputError(f"bag: found {type(bag).__name__}; expected a dask.bag")
    of_partition = library("dask").delayed(_sources, pure=False)
    sources = [of_partition(items, number) for number, items in enumerate(bag.to_delayed())]
    return derive(counted_part(GraphPasses(sources, settings), settings), on_error=on_error)


def _sources(items: Iterable[Any], partition: int) -> dict[int, ImageSource]:
    """Images by an index that follows the order of the bag, without knowing how long it is."""
    return sources_of(items, partition * _LARGEST, f"partition {partition}, image")
