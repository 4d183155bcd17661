"""Passes over images on the workers of a Dask cluster.

Each part of the images is a task, and so is each merge of a few parts, as soon as they are there.
A worker that dies takes its parts along, and the scheduler has them counted again. An image that
one worker cannot read is tried on others once the rest is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit
from weakref import WeakSet

from gonogo.counting import Fault, PartialResult, Progress, merge
from gonogo.distributed.count import first_part, second_part, single_part
from gonogo.distributed.options import library
from gonogo.distributed.passes import merged_within
from gonogo.errors import GonogoError
from gonogo.states import Shape
from gonogo.types import ImageSource, Settings

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["ClusterPasses"]

Work: TypeAlias = Callable[..., PartialResult]

_PARTS_A_THREAD = 8
_LARGEST_PART = 1024
_MORE_TRIES = 2
_DEADLY = "the workers that read this image died, one after the other"


class ClusterPasses:
    """The passes over ``sources`` on the workers of ``client``; see :class:`~.passes.Passes`.

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
        self._meter = _Meter(progress, len(sources))
        self._submitted: WeakSet[Future] = WeakSet()  # a reference would keep results in memory

    def cancel(self) -> None:
        """Give up what was submitted; may be called from any thread."""
        self._client.cancel(list(self._submitted), force=True)

    def exact(self, most: int | None) -> PartialResult:
        """Both passes; raises TooManyAnomalous beyond ``most`` bytes of anomalous scores."""
        every = range(len(self._sources))
        if not self._pixels:
            self._meter.start(len(every))
            alone: PartialResult = self._pass(every, first_part, self._settings, False).result()
            return alone
        first = self._maybe_anomalous()
        self._meter.start(len(first) + len(every))
        observed = self._pass(first, first_part, self._settings, most=most)
        # A task, not data that is scattered: if the worker that holds it dies, it is made again.
        among = self._submit(PartialResult.among, observed)
        ranked = self._pass(every, second_part, among)
        parts: list[PartialResult] = [observed.result(), ranked.result()]
        return replace(merge(parts), distinct=among.result().distinct)

    def certified(self) -> PartialResult:
        """The one pass of a certified count."""
        every, options = range(len(self._sources)), (self._settings, self._pixels)
        self._meter.start(len(every))
        if self._settings.resize is None:
            whole: PartialResult = self._pass(every, single_part, *options).result()
            return whole
        # Maps without a mask are brought to the size of the masks, which are read first.
        first = self._maybe_anomalous()
        anomalous = self._pass(first, single_part, *options)
        shapes = self._submit(_mask_shapes, anomalous)
        normal = self._pass(sorted(set(every).difference(first)), single_part, *options, shapes)
        parts: list[PartialResult] = [anomalous.result(), normal.result()]
        return merge(parts)

    def _maybe_anomalous(self) -> list[int]:
        return [index for index, one in enumerate(self._sources) if one.label is not False]

    def _pass(
        self, indices: Sequence[int], work: Work, *args: Any, most: int | None = None
    ) -> Future:
        """One part of all these images, as a future that is done."""
        cut = range(0, len(indices), self._partition)
        parts = [[], *(indices[k : k + self._partition] for k in cut)]  # never none at all
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
        for index, fault in faults.items():
            by_workers.setdefault(fault.tried, []).append(index)
        return {
            self._count(indices, work, *args, workers=_elsewhere(self._client, tried)): []
            for tried, indices in by_workers.items()
        }

    def _alone(
        self, lost: Sequence[int], whole: Future, work: Work, *args: Any, most: int | None
    ) -> Future:
        """Add images whose parts took workers down, one after the other, to know which one does."""
        counted: dict[Future, Sequence[int]] = {whole: []}
        blamed = {}
        for index in lost:
            future = self._count([index], work, *args)
            library("distributed").wait(future)
            if _was_killed(future):
                name = self._sources[index].name
                blamed[index] = Fault(name, f"{name}: {_DEADLY}")
            else:
                counted[future] = [index]
        whole = self._merged(counted, most)
        return self._submit(_blaming, whole, blamed)

    def _count(
        self, indices: Sequence[int], work: Work, *args: Any, workers: list[str] | None = None
    ) -> Future:
        sources = {index: self._sources[index] for index in indices}
        some = {"workers": workers, "allow_other_workers": True} if workers else {}
        return self._submit(_signed, work, sources, *args, retries=_MORE_TRIES, **some)

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
            indices = counted.pop(future, [])  # what is held here stays in a worker's memory
            if lost is not None and indices and _was_killed(future):
                lost += indices
                continue
            _refuse_failed(future)
            self._meter.add(len(indices))
            waiting.append(future)
            if len(waiting) == self._fan_in:
                arriving.add(self._submit(merged_within, waiting, most, priority=1))
                waiting = []
        whole = self._submit(merged_within, waiting, most, priority=1)
        library("distributed").wait(whole)
        _refuse_failed(whole)
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


def _faults(part: PartialResult) -> Mapping[int, Fault]:
    return part.faults


def _mask_shapes(part: PartialResult) -> frozenset[Shape]:
    return part.mask_shapes


def _blaming(part: PartialResult, faults: Mapping[int, Fault]) -> PartialResult:
    return replace(part, faults={**part.faults, **faults})


def _signed(work: Callable[..., PartialResult], *args: Any) -> PartialResult:
    """What ``work`` gives, with the name of this worker on its faults."""
    part = work(*args)
    if not part.faults:
        return part
    worker = frozenset([library("distributed").get_worker().address])
    faults = {index: replace(fault, tried=worker) for index, fault in part.faults.items()}
    return replace(part, faults=faults)


def _elsewhere(client: Client, tried: frozenset[str]) -> list[str]:
    """Workers that have not tried yet, on other machines if there are such."""
    others = [address for address in client.nthreads() if address not in tried]
    hosts = {urlsplit(address).hostname for address in tried}
    return [one for one in others if urlsplit(one).hostname not in hosts] or others


def _was_killed(future: Future) -> bool:
    """Whether so many workers died of a task that the scheduler gave it up."""
    killed: type[Exception] = library("distributed").scheduler.KilledWorker
    return future.status == "error" and isinstance(future.exception(), killed)


def _refuse_failed(future: Future) -> None:
    """Raise what a task raised, or say what became of it."""
    if _was_killed(future):
        raise GonogoError(
            "several workers died, one after the other, of the same task; if they ran out of "
            "memory, give them more, or count fewer images at a time (partition)"
        ) from future.exception()
    if future.status == "error":
        future.result()
    if future.status != "finished":
        raise GonogoError(f"the cluster was lost ({future.status}); check that its scheduler runs")


class _Meter:
    """Adds up what was read, in images although some are read twice; ``start`` begins anew."""

    def __init__(self, progress: Progress | None, images: int) -> None:
        self._progress = progress
        self._images = images
        self._steps = self._done = 0

    def start(self, steps: int) -> None:
        """Nothing is done, and there are so many steps."""
        self._steps, self._done = steps, 0

    def add(self, steps: int) -> None:
        """So many more are done."""
        self._done += steps
        if self._progress is not None and steps:
            self._progress(self._images * self._done // self._steps, self._images)
