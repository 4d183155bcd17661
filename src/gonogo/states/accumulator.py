"""Counts that arrive piece by piece, added up in pairs of like size."""

from __future__ import annotations

import threading
from collections.abc import Callable
from operator import attrgetter
from typing import NamedTuple

from gonogo.states.sparse import SparseCounts

__all__ = ["Accumulator"]

Settle = Callable[[SparseCounts, int], tuple[SparseCounts, int]]
"""Given counts and their bits: the same with as many bits as they may keep."""


class _Piece(NamedTuple):
    counts: SparseCounts
    bits: int

    @property
    def size(self) -> int:
        return self.counts.bins.size


class Accumulator:
    """Adds up counts from any thread; each is merged with others a few times, however many come.

    Pieces are kept by falling size, and two of them are merged where the larger is less than twice
    the smaller: no more memory than a few times that of the sum. Threads merge side by side.
    """

    def __init__(self, things: int, settle: Settle) -> None:
        self._things = things
        self._settle = settle
        self._lock = threading.Lock()
        self._pieces: list[_Piece] = []

    def add(self, counts: SparseCounts, bits: int) -> None:
        """Add counts at bins of ``bits`` bits."""
        self._keep(counts, bits)
        while True:
            with self._lock:
                if len(self._pieces) < 2 or self._pieces[-2].size >= 2 * self._pieces[-1].size:
                    return
                pair = self._pieces[-2:]
                del self._pieces[-2:]
            self._merge(pair)

    def sum(self, bits: int) -> SparseCounts:
        """Return everything added so far at ``bits`` bits, which no piece has fewer of."""
        with self._lock:
            pieces, self._pieces = self._pieces, []
        self._merge(pieces, bits)
        return self._pieces[-1].counts if self._pieces else SparseCounts.empty(self._things)

    def move(self, bits: int, take: Callable[[SparseCounts], SparseCounts]) -> None:
        """Hand what has ``bits`` bits or more to ``take``, at so many, and keep what it returns."""
        with self._lock:
            pieces = [piece for piece in self._pieces if piece.bits >= bits]
            self._pieces = [piece for piece in self._pieces if piece.bits < bits]
        self._merge(pieces, bits)
        with self._lock:
            # What was made coarser still, or added meanwhile by others, stays; and so does what
            # could not be taken.
            for piece in [piece for piece in self._pieces if piece.bits == bits]:
                rest = take(piece.counts)
                self._pieces = [other for other in self._pieces if other is not piece]
                if rest.bins.size:
                    self._pieces.append(_Piece(rest, bits))
            self._pieces.sort(key=attrgetter("size"), reverse=True)

    def _merge(self, pieces: list[_Piece], bits: int | None = None) -> None:
        """Keep the sum of some pieces, or the pieces themselves where that fails."""
        try:
            least = min((piece.bits for piece in pieces), default=0) if bits is None else bits
            folded = [piece.counts.folded(piece.bits - least) for piece in pieces]
            merged = SparseCounts.added(folded, self._things)
        except BaseException:  # no memory is left, or somebody stops it: nothing is lost
            with self._lock:
                self._pieces += pieces
            raise
        if merged.bins.size:
            self._keep(merged, least)

    def _keep(self, counts: SparseCounts, bits: int) -> None:
        piece = _Piece(counts, bits)
        try:
            piece = _Piece(*self._settle(counts, bits))
        finally:  # as they were, where that fails
            with self._lock:
                self._pieces.append(piece)
                self._pieces.sort(key=attrgetter("size"), reverse=True)
