"""Scales to show scores on: min-max, cdf, divide by threshold. Metrics never use them."""

from gonogo.normalization.cdf import Cdf
from gonogo.normalization.divide import DivideByThreshold
from gonogo.normalization.document import (
    ENTRIES,
    METHODS,
    SCHEMA,
    VERSION,
    scale_entries,
    scale_of,
    stored_scale,
)
from gonogo.normalization.min_max import MinMax
from gonogo.normalization.scale import Normalization

__all__ = [
    "ENTRIES",
    "METHODS",
    "SCHEMA",
    "VERSION",
    "Cdf",
    "DivideByThreshold",
    "MinMax",
    "Normalization",
    "scale_entries",
    "scale_of",
    "stored_scale",
]
