"""What is counted: integers that can be added, and from which every metric is derived."""

from gonogo.states.anomalous import AnomalousScores, DistinctScores, distinct_scores
from gonogo.states.corners import RocCorners, roc_corners
from gonogo.states.observed import Observed, observe
from gonogo.states.ranks import RankCounter, RankCounts, rank_counts, restricted, vector_ranks
from gonogo.states.weights import RegionWeights

__all__ = [
    "AnomalousScores",
    "DistinctScores",
    "Observed",
    "RankCounter",
    "RankCounts",
    "RegionWeights",
    "RocCorners",
    "distinct_scores",
    "observe",
    "rank_counts",
    "restricted",
    "roc_corners",
    "vector_ranks",
]
