"""Images read and looked at on every core, a few ahead of those who count them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from gonogo._check import Convention, refuse_mixed
from gonogo.cores import available_cores
from gonogo.errors import InputError
from gonogo.states import Observed, Shape, map_of, mask_name, observe
from gonogo.types import Array, ImageSource, Settings

__all__ = ["Progress", "Reading"]

Progress = Callable[[int, int], None]
"""Called from the counting thread with the number of images done and their total."""

Product = TypeVar("Product")


class Reading:
    """Walks over images, given by their places; use it in a ``with`` block.

    Images that cannot be used are told in ``failed`` and left out, where it is to ``keep_going``.
    Maps without a mask are resized to the size of all masks: those read so far, and those of
    ``mask_shapes``, for a part of a data set.
    """

    def __init__(
        self,
        sources: Mapping[int, ImageSource],
        settings: Settings,
        *,
        pixels: bool = True,
        progress: Progress | None = None,
        mask_shapes: Iterable[Shape] = (),
        threads: int | None = None,
        keep_going: bool = False,
    ) -> None:
        self.sources = sources
        self.settings = settings
        self.pixels = pixels
        self.threads = available_cores() if threads is None else threads
        self.pool = ThreadPoolExecutor(self.threads)
        self.failed: dict[int, InputError] = {}
        self._keep_going = keep_going
        self._progress = progress
        self._done = 0
        self._shapes = set(mask_shapes)
        self._conventions: dict[Convention, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)

    def maybe_anomalous(self) -> list[int]:
        """Places of the images that are not known to be normal."""
        return [place for place, source in self.sources.items() if source.label is not False]

    def normal(self) -> list[int]:
        """Places of the images that are known to be normal."""
        return [place for place, source in self.sources.items() if source.label is False]

    def observed(
        self, places: Sequence[int], count: Callable[[Observed], Observed] | None = None
    ) -> Iterator[tuple[int, Observed]]:
        """Look at these images, in order; ``count`` is called in the thread that looked."""
        shapes = frozenset(self._shapes)

        def look(place: int) -> Observed | InputError:
            try:
                one = observe(self.sources[place], self.settings, shapes=shapes, pixels=self.pixels)
            except InputError as error:
                if self._keep_going:
                    return error
                raise
            return one if count is None else count(one)

        for place, one in self.ahead(places, look):
            known_normal = self.sources[place].label is False
            if isinstance(one, Observed) and one.masked and not known_normal:
                self._shapes.add((one.row.height or 0, one.row.width or 0))
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, len(self.sources))
            if isinstance(one, InputError):
                self.failed[place] = one
            else:
                self._note_convention(place, one)
                yield place, one

    def _note_convention(self, place: int, one: Observed) -> None:
        """Refuse a mask with another convention than those before, as soon as it is read."""
        if one.convention is not None and one.convention not in self._conventions:
            self._conventions[one.convention] = mask_name(self.sources[place])
            refuse_mixed((name, convention) for convention, name in self._conventions.items())

    def maps(self, places: Sequence[int]) -> Iterator[Array]:
        """The maps of images that were looked at before, read again."""
        shapes = frozenset(self._shapes)

        def look(place: int) -> Array:
            return map_of(self.sources[place], self.settings, shapes)

        return (scores for _, scores in self.ahead(places, look))

    def ahead(
        self, places: Sequence[int], work: Callable[[int], Product]
    ) -> Iterator[tuple[int, Product]]:
        """Results of ``work`` in order, with a bounded number under way."""
        waiting = deque(places)
        started: deque[tuple[int, Future[Product]]] = deque()
        while waiting or started:
            while waiting and len(started) <= 2 * self.threads:
                started.append((waiting[0], self.pool.submit(work, waiting.popleft())))
            place, task = started.popleft()
            yield place, task.result()
