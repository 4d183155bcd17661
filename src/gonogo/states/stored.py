"""States as plain numbers and arrays, and back: what is read again equals what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.states.anomalous import NO_SCORES, AnomalousScores
from gonogo.states.budget import Capacity
from gonogo.states.grid_counts import GridCounts, Part
from gonogo.states.observed import Observed
from gonogo.states.ranks import Ranked
from gonogo.states.sparse import SparseCounts
from gonogo.types import ROW_FACTS, Array, ImageRow

__all__ = [
    "Stored",
    "grid_from",
    "images_from",
    "ranked_from",
    "stored_grid",
    "stored_images",
    "stored_ranked",
]

_ROW = len(ROW_FACTS)


@dataclass(frozen=True)
class Stored:
    """A state as plain values in ``record``, and its arrays by name."""

    record: dict[str, Any]
    arrays: dict[str, Array]

    @classmethod
    def of(cls, parts: Mapping[str, Stored], /, **record: Any) -> Stored:
        """Several states as one, each under a name of its own."""
        return cls(
            {**record, **{name: part.record for name, part in parts.items()}},
            {f"{at}/{name}": a for at, part in parts.items() for name, a in part.arrays.items()},
        )

    def part(self, name: str) -> Stored:
        """The state that was stored under this name."""
        start = f"{name}/"
        arrays = {
            key.removeprefix(start): array
            for key, array in self.arrays.items()
            if key.startswith(start)
        }
        return Stored(self.record[name], arrays)


def stored_ranked(ranked: Ranked) -> Stored:
    """Ranks among distinct anomalous scores."""
    record = {"seen": ranked.seen, "dtype": ranked.dtype.str}
    return Stored(record, {"below": ranked.below, "at": ranked.at})


def ranked_from(stored: Stored) -> Ranked:
    """The ranks that were stored."""
    record, arrays = stored.record, stored.arrays
    return Ranked(arrays["below"], arrays["at"], record["seen"], np.dtype(record["dtype"]))


def stored_grid(grid: GridCounts) -> Stored:
    """Certified counts, whole."""
    parts = {
        f"part {place}": Stored.of(
            {"counts": _stored_sparse(part.counts), "atoms": _stored_sparse(part.ties)},
            defect=defect,
            regions=part.regions,
        )
        for place, (defect, part) in enumerate(grid.parts.items())
    }
    return Stored.of(
        {"every": _stored_sparse(grid.every), "atoms": _stored_sparse(grid.ties), **parts},
        capacity=[grid.capacity.distinct, grid.capacity.pages],
        bits=grid.bits,
        narrow=grid.narrow,
        wide=grid.wide,
        crowded=grid.too_many_ties,
        parts=len(parts),
    )


def grid_from(stored: Stored) -> GridCounts:
    """The certified counts that were stored."""
    record = stored.record
    parts = [stored.part(f"part {place}") for place in range(record["parts"])]
    return GridCounts(
        capacity=Capacity(*record["capacity"]),
        bits=record["bits"],
        narrow=record["narrow"],
        wide=record["wide"],
        every=_sparse_from(stored.part("every")),
        ties=_sparse_from(stored.part("atoms")),
        too_many_ties=record["crowded"],
        parts={
            part.record["defect"]: Part(
                _sparse_from(part.part("counts")),
                _sparse_from(part.part("atoms")),
                part.record["regions"],
            )
            for part in parts
        },
    )


def _stored_sparse(counts: SparseCounts) -> Stored:
    return Stored({}, {"bins": counts.bins, "columns": counts.columns})


def _sparse_from(stored: Stored) -> SparseCounts:
    return SparseCounts(stored.arrays["bins"], stored.arrays["columns"])


def stored_images(images: Mapping[int, Observed]) -> Stored:
    """Images that were looked at, by their place, with their anomalous scores end to end."""
    scores: dict[str, list[Array]] = {}
    areas: list[NDArray[np.int64]] = []
    rows: list[list[Any]] = []
    for place, one in images.items():
        found = one.anomalous
        facts = (one.masked, one.empty_mask, one.decided, found.scores.size, found.regions)
        named = () if one.mask_where is None else (one.mask_where,)
        shown = (found.scores.dtype.str, one.ignored, one.convention, *named)
        rows.append([place, *one.row.facts(), *facts, *shown])
        if found.scores.size and found.areas is not None:
            scores.setdefault(found.scores.dtype.str, []).append(found.scores)
            areas.append(found.areas)
    return Stored(
        {"rows": rows},
        {
            "areas": _narrow(np.concatenate([np.empty(0, np.int64), *areas])),
            **{f"scores {dtype}": np.concatenate(parts) for dtype, parts in scores.items()},
        },
    )


def images_from(stored: Stored) -> dict[int, Observed]:
    """The images that were stored, in the same order."""
    images: dict[int, Observed] = {}
    areas = stored.arrays["areas"].astype(np.int64)
    taken: dict[str, int] = {}
    done = 0
    for place, *row in stored.record["rows"]:
        masked, empty_mask, decided, size, regions, dtype, *later = row[_ROW:]
        ignored, convention, *named = later or (0, None)  # older states ignore nothing
        anomalous = NO_SCORES
        if size:
            start = taken.get(dtype, 0)
            scores = stored.arrays[f"scores {dtype}"][start : start + size]
            anomalous = AnomalousScores(scores, areas[done : done + size], regions)
            taken[dtype] = start + size
            done += size
        images[place] = Observed(
            row=ImageRow(*row[:_ROW]),
            map=None,
            anomalous=anomalous,
            masked=masked,
            empty_mask=empty_mask,
            decided=tuple((found, every) for found, every in decided),
            ignored=ignored,
            convention=convention,
            mask_where=named[0] if named else None,
        )
    return images


def _narrow(areas: NDArray[np.int64]) -> Array:
    """Areas in half the space, where they fit."""
    fits = areas.size == 0 or int(areas.max()) < 2**32
    return areas.astype(np.uint32) if fits else areas
