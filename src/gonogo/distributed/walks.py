"""Walks over images on the workers of a Dask cluster.

Each part of the images is a task, and so is each merge of a few parts, as soon as they are there.
A worker that dies takes its parts along, and the scheduler has them counted again. An image that
one worker cannot read is tried on others once the rest is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakSet

from gonogo.counting import Progress
from gonogo.distributed.count import grid_part, look_part, rank_part
from gonogo.distributed.library import library
from gonogo.distributed.meter import Meter
from gonogo.distributed.modes import merged_within
from gonogo.distributed.parts import CertifiedPart, ExactPart, Fault, Part, merge
from gonogo.distributed.tasks import elsewhere, refuse_failed, signed, was_killed
from gonogo.states import Shape
from gonogo.types import ImageSource, Settings

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["ClusterWalks"]

Work: TypeAlias = Callable[..., Part]

_PARTS_A_THREAD = 8
_LARGEST_PART = 1024
_MORE_TRIES = 2
_DEADLY = "the workers that read this image died, one after the other"


class ClusterWalks:
    """The walks over ``sources`` on the workers of ``client``; see :class:`~.modes.Walks`.

    Parts hold ``partition`` images, and ``fan_in`` parts are merged at a time; neither changes a
    bit of the result.
    """

    def __init__(
        self,
        client: Client,
        sources: Sequence[ImageSource],
        settings: Settings,
        *,
        pixels: bool = True,
        partition: int | None = None,
        fan_in: int = 4,
        progress: Progress | None = None,
    ) -> None:
        self._client = client
        self._sources = sources
        self._settings = settings
        self._pixels = pixels
        self._partition = _usual(client, sources) if partition is None else partition
        self._fan_in = fan_in
        self._meter = Meter(progress, len(sources))
        self._submitted: WeakSet[Future] = WeakSet()  # a reference would keep results in memory

    def cancel(self) -> None:
        """Give up what was submitted; may be called from any thread."""
        self._client.cancel(list(self._submitted), force=True)

    def exact(self, most: int | None) -> ExactPart:
        """Both walks; raises TooManyAnomalous beyond ``most`` bytes of anomalous scores."""
        every = range(len(self._sources))
        if not self._pixels:
            self._meter.start(len(every))
            alone: ExactPart = self._walk(every, look_part, self._settings, False).result()
            return alone
        first = self._maybe_anomalous()
        self._meter.start(len(first) + len(every))
        looked = self._walk(first, look_part, self._settings, most=most)
        # A task, not data that is scattered: if the worker that holds it dies, it is made again.
        among = self._submit(ExactPart.among, looked)
        ranked = self._walk(every, rank_part, among)
        parts: list[ExactPart] = [looked.result(), ranked.result()]
        return replace(merge(parts), distinct=among.result().distinct)

    def certified(self) -> CertifiedPart:
        """The one walk of a certified count."""
        every, options = range(len(self._sources)), (self._settings, self._pixels)
        self._meter.start(len(every))
        if self._settings.resize is None:
            whole: CertifiedPart = self._walk(every, grid_part, *options).result()
            return whole
        # Maps without a mask are brought to the size of the masks, which are walked over first.
        first = self._maybe_anomalous()
        anomalous = self._walk(first, grid_part, *options)
        shapes = self._submit(_mask_shapes, anomalous)
        normal = self._walk(sorted(set(every).difference(first)), grid_part, *options, shapes)
        parts: list[CertifiedPart] = [anomalous.result(), normal.result()]
        return merge(parts)

    def _maybe_anomalous(self) -> list[int]:
        return [place for place, one in enumerate(self._sources) if one.label is not False]

    def _walk(
        self, places: Sequence[int], work: Work, *args: Any, most: int | None = None
    ) -> Future:
        """One part of all these images, as a future that is done."""
        cut = range(0, len(places), self._partition)
        parts = [[], *(places[k : k + self._partition] for k in cut)]  # never none at all
        counted = {self._count(part, work, *args): part for part in parts}
        lost: list[int] = []
        whole = self._merged(counted, most, lost)
        for _ in range(_MORE_TRIES):
            faults = self._submit(_faults, whole).result()
            if not faults:
                break
            whole = self._merged({whole: [], **self._again(faults, work, *args)}, most)
        return self._alone(lost, whole, work, *args, most=most) if lost else whole

    def _again(
        self, faults: Mapping[int, Fault], work: Work, *args: Any
    ) -> dict[Future, Sequence[int]]:
        """Tasks that try images once more, where nobody has tried them yet."""
        by_workers: dict[frozenset[str], list[int]] = {}
        for place, fault in faults.items():
            by_workers.setdefault(fault.tried, []).append(place)
        return {
            self._count(places, work, *args, workers=elsewhere(self._client, tried)): []
            for tried, places in by_workers.items()
        }

    def _alone(
        self, lost: Sequence[int], whole: Future, work: Work, *args: Any, most: int | None
    ) -> Future:
        """Add images whose parts took workers down, one after the other, to know which one does."""
        counted: dict[Future, Sequence[int]] = {whole: []}
        blamed = {}
        for place in lost:
            future = self._count([place], work, *args)
            library("distributed").wait(future)
            if was_killed(future):
                name = self._sources[place].name
                blamed[place] = Fault(name, f"{name}: {_DEADLY}")
            else:
                counted[future] = [place]
        whole = self._merged(counted, most)
        return self._submit(_blaming, whole, blamed)

    def _count(
        self, places: Sequence[int], work: Work, *args: Any, workers: list[str] | None = None
    ) -> Future:
        sources = {place: self._sources[place] for place in places}
        some = {"workers": workers, "allow_other_workers": True} if workers else {}
        return self._submit(signed, work, sources, *args, retries=_MORE_TRIES, **some)

    def _merged(
        self,
        counted: dict[Future, Sequence[int]],
        most: int | None,
        lost: list[int] | None = None,
    ) -> Future:
        """The sum of these parts, a few at a time in the order in which they arrive.

        Each comes with the images to report as done. Where workers died of a part, its images are
        put into ``lost``.
        """
        arriving = library("distributed").as_completed(counted)
        waiting: list[Future] = []
        for future in arriving:
            places = counted.pop(future, [])  # what is held here stays in a worker's memory
            if lost is not None and places and was_killed(future):
                lost += places
                continue
            refuse_failed(future)
            self._meter.add(len(places))
            waiting.append(future)
            if len(waiting) == self._fan_in:
                arriving.add(self._submit(merged_within, waiting, most, priority=1))
                waiting = []
        whole = self._submit(merged_within, waiting, most, priority=1)
        library("distributed").wait(whole)
        refuse_failed(whole)
        return whole

    def _submit(self, work: Callable[..., Any], *args: Any, **options: Any) -> Future:
        future = self._client.submit(work, *args, pure=False, **options)
        self._submitted.add(future)
        return future


def _usual(client: Client, sources: Sequence[ImageSource]) -> int:
    """Images a part: some parts for every thread, and sources that are read together in one."""
    threads: int = max(1, sum(client.nthreads().values()))
    size = -(-len(sources) // (_PARTS_A_THREAD * threads))
    together: int = getattr(sources[0], "together", 1) if sources else 1
    return -(-max(1, min(size, _LARGEST_PART)) // together) * together


def _faults(part: Part) -> Mapping[int, Fault]:
    return part.faults


def _mask_shapes(part: CertifiedPart) -> frozenset[Shape]:
    return part.mask_shapes


def _blaming(part: Part, faults: Mapping[int, Fault]) -> Part:
    return replace(part, faults={**part.faults, **faults})
