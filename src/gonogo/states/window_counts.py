"""The counts of a window, as they are: listing millions of bins takes longer than ranking them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.states.counter_window import CounterWindow
from gonogo.states.sparse import SparseCounts

__all__ = ["WindowCounts"]


class WindowCounts(SparseCounts):
    """The counts of a window that counts no more; listed at their bins when someone asks."""

    _window: CounterWindow

    def __init__(self, window: CounterWindow) -> None:
        object.__setattr__(self, "_window", window)

    @cached_property
    def _listed(self) -> SparseCounts:
        return self._window.counts()

    @property
    def bins(self) -> NDArray[np.int64]:
        """Rising bins that counted."""
        return self._listed.bins

    @property
    def columns(self) -> NDArray[np.int64]:
        """One row, of all scores."""
        return self._listed.columns

    def __reduce__(self) -> tuple[Any, ...]:
        return SparseCounts, (self.bins, self.columns)

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return self._window.counted

    @property
    def nothing(self) -> bool:
        """Whether there is no bin at all."""
        return self._window.counted == 0

    def pages(self) -> int:
        """How many pages the bins lie on."""
        return self._window.pages()

    def rank(
        self,
        anomalous: SparseCounts,
        part: NDArray[np.int64],
        above: NDArray[np.int64],
        at_least: NDArray[np.int64],
    ) -> int:
        """See :meth:`SparseCounts.rank`; the bins need not be listed for that."""
        from gonogo.kernels.bins import rank_window  # numba loads late

        window = self._window
        counters = window.low[:-1], window.came_around(), window.first, window.zeros
        some = anomalous.bins, anomalous.columns[0]
        return int(rank_window(counters, *some, part, above, at_least))
