"""Passes over images on the workers of a Dask cluster.

Each part of the images is a task, and so is each merge of a few parts, as soon as they are there.
A worker that dies takes its parts along, and the scheduler has them counted again. An image that
one worker cannot read is tried on others once the rest is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit
from weakref import WeakSet

from gonogo.counting import (
    Fault,
    NullRecorder,
    PartialResult,
    Positives,
    Progress,
    Recorder,
    TooManyAnomalous,
    merge,
)
from gonogo.distributed.count import first_part, second_part, single_part
from gonogo.distributed.options import library
from gonogo.distributed.passes import merged_within
from gonogo.errors import GonogoError
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
    bit of the result. A pass is cut into pieces where a ``recorder`` is to write down in between.
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
        recorder: Recorder | None = None,
    ) -> None:
        self._client = client
        self._recorder = recorder or NullRecorder()
        self._threads: int = max(1, sum(client.nthreads().values()))
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
        every, maybe = range(len(self._sources)), self._maybe_anomalous()
        before = self._recorder.done
        done = before or PartialResult(self._settings, True, "exact")
        left = [index for index in maybe if index not in done.images]
        self._meter.start(len(maybe) + len(every), done=len(maybe) - len(left) + len(done.ranked))
        observed: list[Future] = []
        for piece in self._recorder.pieces(left, self._threads):
            observed.append(self._pass(piece, first_part, self._settings, most=most))
            part: PartialResult = observed[-1].result()
            if part.images:  # ranks among fewer positives are worth nothing
                done = replace(done, ranks=None, ranked=frozenset())
            done = self._added(done, part)
            if most is not None and done.anomalous_bytes > most:
                raise TooManyAnomalous
        # Normal images whose ranks are worth nothing are read as if for the first time.
        kept = done.ranked | set(maybe)
        done = replace(done, images={k: one for k, one in done.images.items() if k in kept})
        # A task, not data that is scattered: if the worker that holds it dies, it is made again.
        among = self._submit(_among, [done] if before or not observed else observed)
        unranked = [index for index in every if index not in done.ranked]
        for piece in self._recorder.pieces(unranked, self._threads):
            done = self._added(done, self._pass(piece, second_part, among).result())
        return replace(done, distinct=among.result().distinct)

    def single(self) -> PartialResult:
        """The one pass of a certified count, or of one without pixels."""
        exact = self._settings.mode != "certified" and not self._pixels
        mode: Literal["exact", "certified"] = "exact" if exact else "certified"
        done = PartialResult(self._settings, self._pixels, mode)
        if self._recorder.done is not None and self._recorder.done.mode == mode:
            done = self._recorder.done
        self._meter.start(len(self._sources), done=len(done.images))
        groups, first = [list(range(len(self._sources)))], self._maybe_anomalous()
        if self._settings.resize is not None:
            # Maps without a mask are brought to the size of the masks, which are read first.
            groups = [first, sorted(set(groups[0]).difference(first))]
        for indices in groups:
            shapes = done.mask_shapes if indices is groups[-1] else frozenset()
            options = self._settings, self._pixels, shapes
            left = [index for index in indices if index not in done.images]
            for piece in self._recorder.pieces(left, self._threads):
                done = self._added(done, self._pass(piece, single_part, *options).result())
        return done

    def _added(self, done: PartialResult, part: PartialResult) -> PartialResult:
        """The sum, which is recorded when it is time."""
        for index, prints in part.prints.items():
            self._sources[index].prints = prints  # type: ignore[attr-defined]
        whole = done + replace(part, prints={})
        self._recorder.between({}, lambda: whole)
        return whole

    def _maybe_anomalous(self) -> list[int]:
        return [index for index, one in enumerate(self._sources) if one.label is not False]

    def _pass(
        self, indices: Sequence[int], work: Work, *args: Any, most: int | None = None
    ) -> Future:
        """One part of all these images, as a future that is done."""
        size = self._partition
        if self._recorder.keep_going:  # a piece is to keep every thread busy
            size = min(size, -(-len(indices) // self._threads))
        parts = [indices[k : k + size] for k in range(0, len(indices), size)]
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


def _among(parts: Sequence[PartialResult]) -> Positives:
    return merge(parts).among()


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

    def start(self, steps: int, *, done: int) -> None:
        """There are so many steps, of which an earlier run did some."""
        self._steps, self._done = steps, done

    def add(self, steps: int) -> None:
        """So many more are done."""
        self._done += steps
        if self._progress is not None and steps:
            self._progress(self._images * self._done // self._steps, self._images)
