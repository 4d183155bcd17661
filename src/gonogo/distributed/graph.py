"""Walks over images that a Dask graph makes, on whichever scheduler Dask uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gonogo.distributed.count import grid_part, look_part, rank_part
from gonogo.distributed.library import library
from gonogo.distributed.modes import merged_within
from gonogo.distributed.parts import CertifiedPart, ExactPart, Part, merge
from gonogo.types import Settings

__all__ = ["GraphWalks"]


class GraphWalks:
    """The walks over ``sources``, each a delayed ``{place: ImageSource}``; see ``modes.Walks``.

    An exact count computes them twice, rather than hold all images in memory in between.
    """

    def __init__(
        self, sources: Sequence[Any], settings: Settings, *, pixels: bool = True, fan_in: int = 4
    ) -> None:
        self._sources = sources
        self._settings = settings
        self._pixels = pixels
        self._fan_in = fan_in

    def exact(self, most: int | None) -> ExactPart:
        """Both walks; raises TooManyAnomalous beyond ``most`` bytes of anomalous scores."""
        dask = library("dask")
        (looked,) = dask.persist(self._whole(look_part, self._settings, self._pixels, most=most))
        first: ExactPart = looked.compute()
        if not self._pixels:
            return first
        among = dask.delayed(ExactPart.among, pure=False)(looked)
        ranked: ExactPart = self._whole(rank_part, among).compute()
        return merge([first, ranked])

    def certified(self) -> CertifiedPart:
        """The one walk of a certified count."""
        part: CertifiedPart = self._whole(grid_part, self._settings, self._pixels, None).compute()
        return part

    def _whole(self, work: Callable[..., Part], *args: Any, most: int | None = None) -> Any:
        """The delayed sum of all parts."""
        delayed = library("dask").delayed
        parts = [delayed(work, pure=False)(sources, *args) for sources in self._sources]
        while True:
            few = range(0, len(parts), self._fan_in)
            parts = [
                delayed(merged_within, pure=False)(parts[k : k + self._fan_in], most) for k in few
            ]
            if len(parts) == 1:
                return parts[0]
