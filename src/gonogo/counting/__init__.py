"""From images to counts: exact ranks, or certified bins, of every pixel."""

from gonogo.counting.counted import CertifiedCounts, Counted, ExactCounts
from gonogo.counting.failures import Fault, skipped, unreachable
from gonogo.counting.modes import count_images, most_anomalous, warn_of_certified
from gonogo.counting.partial import DEFAULT_BUDGET, PartialResult, Positives, merge
from gonogo.counting.passes import (
    NullRecorder,
    Recorder,
    Snapshot,
    TooManyAnomalous,
    both_passes,
    count_scores,
    first_pass,
    rank_scores,
    second_pass,
    single_pass,
)
from gonogo.counting.reader import ImageReader, Progress

__all__ = [
    "DEFAULT_BUDGET",
    "CertifiedCounts",
    "Counted",
    "ExactCounts",
    "Fault",
    "ImageReader",
    "NullRecorder",
    "PartialResult",
    "Positives",
    "Progress",
    "Recorder",
    "Snapshot",
    "TooManyAnomalous",
    "both_passes",
    "count_images",
    "count_scores",
    "first_pass",
    "merge",
    "most_anomalous",
    "rank_scores",
    "second_pass",
    "single_pass",
    "skipped",
    "unreachable",
    "warn_of_certified",
]
