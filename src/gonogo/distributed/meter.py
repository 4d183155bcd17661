"""How far a count has come, told in images although some are walked over twice."""

from __future__ import annotations

from gonogo.counting import Progress

__all__ = ["Meter"]


class Meter:
    """Adds up what was walked over; ``start`` begins anew with so many steps to go."""

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
