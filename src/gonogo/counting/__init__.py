"""From images to counts: exact ranks, or certified bins, of every pixel."""

from gonogo.counting.counted import Counted
from gonogo.counting.exact import (
    ExactCounts,
    Look,
    TooManyAnomalous,
    count_exactly,
    look_at,
    rank_among,
)
from gonogo.counting.failures import left_out, out_of_reach
from gonogo.counting.gridded import CertifiedCounts, Gridded, count_on_grid
from gonogo.counting.modes import DEFAULT_BUDGET, count_images, most_anomalous, warn_of_certified
from gonogo.counting.reading import Progress, Reading
from gonogo.counting.scores import count_scores, rank_scores

__all__ = [
    "DEFAULT_BUDGET",
    "CertifiedCounts",
    "Counted",
    "ExactCounts",
    "Gridded",
    "Look",
    "Progress",
    "Reading",
    "TooManyAnomalous",
    "count_exactly",
    "count_images",
    "count_on_grid",
    "count_scores",
    "left_out",
    "look_at",
    "most_anomalous",
    "out_of_reach",
    "rank_among",
    "rank_scores",
    "warn_of_certified",
]
