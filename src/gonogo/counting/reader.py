"""Images read and checked on every core, a few ahead of the thread that counts them."""

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

__all__ = ["ImageReader", "Progress"]

Progress = Callable[[int, int], None]
"""Called from the counting thread with the number of images done and their total."""

Product = TypeVar("Product")


class ImageReader:
    """Reads images, given by their index in the data set; use it in a ``with`` block.

    With ``keep_going``, images that cannot be used are noted in ``failed`` and skipped. Maps
    without a mask are resized to the size of all masks: those read so far, and those of
    ``mask_shapes``, which other passes read. ``done`` images were read before, for the progress.
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
        done: int = 0,
    ) -> None:
        self.sources = sources
        self.settings = settings
        self.pixels = pixels
        self.threads = available_cores() if threads is None else threads
        self.pool = ThreadPoolExecutor(self.threads)
        self.failed: dict[int, InputError] = {}
        self._keep_going = keep_going
        self._progress = progress
        self._done = done
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

    def known_normal(self, index: int) -> bool:
        """Whether an image is known to be normal before it is read."""
        return self.sources[index].label is False

    def maybe_anomalous(self) -> list[int]:
        """Indices of the images that are not known to be normal."""
        return [index for index in self.sources if not self.known_normal(index)]

    def normal(self) -> list[int]:
        """Indices of the images that are known to be normal."""
        return [index for index in self.sources if self.known_normal(index)]

    def observed(
        self, indices: Sequence[int], count: Callable[[Observed], Observed] | None = None
    ) -> Iterator[tuple[int, Observed]]:
        """Read and check these images, in order; ``count`` is called in the thread that read."""
        shapes = frozenset(self._shapes)

        def read(index: int) -> Observed | InputError:
            try:
                image = observe(
                    self.sources[index], self.settings, shapes=shapes, pixels=self.pixels
                )
            except InputError as error:
                if self._keep_going:
                    return error
                raise
            return image if count is None else count(image)

        for index, image in self.ahead(indices, read):
            if isinstance(image, Observed) and image.masked and not self.known_normal(index):
                self._shapes.add((image.row.height or 0, image.row.width or 0))
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, len(self.sources))
            if isinstance(image, InputError):
                self.failed[index] = image
            else:
                self._note_convention(index, image)
                yield index, image

    def _note_convention(self, index: int, image: Observed) -> None:
        """Refuse a mask with another convention than those before, as soon as it is read."""
        if image.convention is not None and image.convention not in self._conventions:
            self._conventions[image.convention] = mask_name(self.sources[index])
            refuse_mixed((name, convention) for convention, name in self._conventions.items())

    def maps(self, indices: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """The maps of images that were observed before, read again, in order."""
        shapes = frozenset(self._shapes)
        return self.ahead(indices, lambda index: map_of(self.sources[index], self.settings, shapes))

    def ahead(
        self, indices: Sequence[int], work: Callable[[int], Product]
    ) -> Iterator[tuple[int, Product]]:
        """Results of ``work`` in order, with a bounded number of tasks at a time."""
        waiting = deque(indices)
        started: deque[tuple[int, Future[Product]]] = deque()
        while waiting or started:
            while waiting and len(started) <= 2 * self.threads:
                started.append((waiting[0], self.pool.submit(work, waiting.popleft())))
            index, task = started.popleft()
            yield index, task.result()
