"""What is counted: integers that can be added, and from which every metric is derived."""

from gonogo.states.anomalous import AnomalousScores, DistinctScores, distinct_scores
from gonogo.states.bins import BinCounts
from gonogo.states.budget import Capacity, capacity
from gonogo.states.corners import RocCorners, roc_corners
from gonogo.states.fixed_grid import FixedGrid
from gonogo.states.grid_counter import GridCounter
from gonogo.states.grid_counts import GridCounts
from gonogo.states.observed import (
    Observed,
    Shape,
    load_image,
    map_and_mask,
    map_of,
    mask_name,
    observe,
    refuse_mixed_masks,
    refuse_other_size,
)
from gonogo.states.ranks import RankCounter, RankCounts, Ranked, restricted, vector_ranks
from gonogo.states.scaled_alone import maps_scaled_alone
from gonogo.states.spanned_grid import Span, SpannedGrid
from gonogo.states.weights import RegionWeights

__all__ = [
    "AnomalousScores",
    "BinCounts",
    "Capacity",
    "DistinctScores",
    "FixedGrid",
    "GridCounter",
    "GridCounts",
    "Observed",
    "RankCounter",
    "RankCounts",
    "Ranked",
    "RegionWeights",
    "RocCorners",
    "Shape",
    "Span",
    "SpannedGrid",
    "capacity",
    "distinct_scores",
    "load_image",
    "map_and_mask",
    "map_of",
    "maps_scaled_alone",
    "mask_name",
    "observe",
    "refuse_mixed_masks",
    "refuse_other_size",
    "restricted",
    "roc_corners",
    "vector_ranks",
]
