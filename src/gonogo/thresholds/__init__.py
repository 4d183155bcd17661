"""Choosing a threshold: policies, what each promises, and the record that is saved."""

from gonogo.thresholds.document import FILE_NAMES, threshold_document, threshold_from
from gonogo.thresholds.fit import fit_threshold, threshold_of
from gonogo.thresholds.inputs import Columns, Found, found_in, sample_of_sources
from gonogo.thresholds.policy import Policy
from gonogo.thresholds.record import Achieved, FittedOn, Rate, Threshold, ThresholdLevel
from gonogo.thresholds.sample import Sample, Scores, sorted_scores
from gonogo.thresholds.spelling import POLICIES, parse_policy
from gonogo.thresholds.stored import run_rows, stored_scores

__all__ = [
    "FILE_NAMES",
    "POLICIES",
    "Achieved",
    "Columns",
    "FittedOn",
    "Found",
    "Policy",
    "Rate",
    "Sample",
    "Scores",
    "Threshold",
    "ThresholdLevel",
    "fit_threshold",
    "found_in",
    "parse_policy",
    "run_rows",
    "sample_of_sources",
    "sorted_scores",
    "stored_scores",
    "threshold_document",
    "threshold_from",
    "threshold_of",
]
