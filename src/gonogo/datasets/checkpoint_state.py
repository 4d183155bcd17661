"""How far the counting of one category has come, and how that is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gonogo.datasets.fingerprint import Fingerprint, Fingerprints
from gonogo.states import GridCounts, Observed, Ranked
from gonogo.states.stored import (
    Stored,
    grid_from,
    images_from,
    ranked_from,
    stored_grid,
    stored_images,
    stored_ranked,
)

__all__ = ["Halfway", "add_seen", "counts_from", "stored_counts", "stored_seen"]


@dataclass
class Halfway:
    """Counts of a part of the images, between two of them.

    ``seen`` and ``prints`` are of the images that were looked at. Certified, all of those are in
    ``grid``. Exact, ``ranks`` holds those of ``ranked``, among the anomalous scores of ``seen``.
    """

    mode: Literal["exact", "certified"]
    seen: dict[int, Observed] = field(default_factory=dict)
    prints: dict[int, Fingerprints] = field(default_factory=dict)
    grid: GridCounts | None = None
    ranks: Ranked | None = None
    ranked: set[int] = field(default_factory=set)


def stored_seen(halfway: Halfway, places: Iterable[int]) -> Stored:
    """The images at these places, with their fingerprints."""
    images = {place: halfway.seen[place] for place in places}
    prints = [
        [None if one is None else [one.size, one.modified, one.digest] for one in both]
        for both in (halfway.prints[place] for place in images)
    ]
    return Stored.of({"images": stored_images(images)}, prints=prints)


def add_seen(halfway: Halfway, stored: Stored) -> None:
    """Take up images that were stored."""
    images = images_from(stored.part("images"))
    halfway.seen |= images
    for place, (scores, mask) in zip(images, stored.record["prints"], strict=True):
        on_mask = None if mask is None else Fingerprint(*mask)
        halfway.prints[place] = Fingerprint(*scores), on_mask


def stored_counts(halfway: Halfway) -> Stored:
    """The counts so far, without the images."""
    parts: dict[str, Stored] = {}
    if halfway.grid is not None:
        parts["grid"] = stored_grid(halfway.grid)
    if halfway.ranks is not None:
        places = np.array(sorted(halfway.ranked), np.int64)
        parts["ranks"] = stored_ranked(halfway.ranks)
        parts["ranked"] = Stored({}, {"places": places})
    return Stored.of(parts, mode=halfway.mode)


def counts_from(stored: Stored) -> Halfway:
    """The counts that were stored; their images come with ``add_seen``."""
    halfway = Halfway(stored.record["mode"])
    if "grid" in stored.record:
        halfway.grid = grid_from(stored.part("grid"))
    if "ranks" in stored.record:
        halfway.ranks = ranked_from(stored.part("ranks"))
        halfway.ranked = set(stored.part("ranked").arrays["places"].tolist())
    return halfway
