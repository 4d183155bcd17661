"""The passes over a data set in parts, and which of them to take: on any scheduler of Dask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gonogo.counting import (
    PartialResult,
    TooManyAnomalous,
    merge,
    most_anomalous,
    warn_of_certified,
)
from gonogo.distributed.count import first_part, second_part, single_part
from gonogo.distributed.options import library
from gonogo.types import Settings

__all__ = ["GraphPasses", "Passes", "counted_part", "merged_within"]


class Passes(Protocol):
    """The passes over a data set, wherever they happen, with their partial results merged."""

    def exact(self, most: int | None) -> PartialResult:
        """Both passes; raises TooManyAnomalous beyond ``most`` bytes of anomalous scores."""

    def single(self) -> PartialResult:
        """The one pass of a certified count, or of one without pixels."""


def counted_part(
    passes: Passes, settings: Settings, *, pixels: bool = True, certified: bool = False
) -> PartialResult:
    """The whole data set as one partial result, as :func:`gonogo.evaluate_folder` would count.

    It is ``certified`` at once where an earlier run found too many anomalous scores.
    """
    if settings.mode != "certified" and pixels:
        most = most_anomalous(settings)
        try:
            if not certified:
                return passes.exact(most)
        except TooManyAnomalous:
            pass
        warn_of_certified(most)
    return passes.single()


def merged_within(parts: Sequence[PartialResult], most: int | None) -> PartialResult:
    """The sum of parts; TooManyAnomalous beyond ``most`` bytes of anomalous scores."""
    part = merge(parts)
    if most is not None and part.mode == "exact" and part.anomalous_bytes > most:
        raise TooManyAnomalous
    return part


class GraphPasses:
    """The passes over ``sources``, each a delayed ``{index: ImageSource}``, of a Dask graph.

    An exact count computes them twice, rather than hold all images in memory in between.
    """

    def __init__(
        self, sources: Sequence[Any], settings: Settings, *, pixels: bool = True, fan_in: int = 4
    ) -> None:
        self._sources = sources
        self._settings = settings
        self._pixels = pixels
        self._fan_in = fan_in

    def exact(self, most: int | None) -> PartialResult:
        """Both passes; raises TooManyAnomalous beyond ``most`` bytes of anomalous scores."""
        dask = library("dask")
        (delayed,) = dask.persist(self._whole(first_part, self._settings, most=most))
        first: PartialResult = delayed.compute()
        among = dask.delayed(PartialResult.among, pure=False)(delayed)
        second: PartialResult = self._whole(second_part, among).compute()
        return merge([first, second])

    def single(self) -> PartialResult:
        """The one pass of a certified count, or of one without pixels."""
        shapes = None if self._pixels else ()
        part: PartialResult = self._whole(
            single_part, self._settings, self._pixels, shapes
        ).compute()
        return part

    def _whole(
        self, work: Callable[..., PartialResult], *args: Any, most: int | None = None
    ) -> Any:
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
