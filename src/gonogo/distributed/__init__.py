"""Counting on many workers: Dask clusters, and three calls for any other system."""

from gonogo.counting import PartialResult, merge
from gonogo.distributed.arrays import evaluate_dask
from gonogo.distributed.bags import evaluate_bag
from gonogo.distributed.cluster import connected, local_workers
from gonogo.distributed.count import count
from gonogo.distributed.derive import derive
from gonogo.distributed.folder import evaluate_folder
from gonogo.distributed.sources import count_sources, evaluate_sources

__all__ = [
    "CertifiedPart",
    "ExactPart",
    "PartialResult",
    "connected",
    "count",
    "count_sources",
    "derive",
    "evaluate_bag",
    "evaluate_dask",
    "evaluate_folder",
    "evaluate_sources",
    "local_workers",
    "merge",
]

CertifiedPart = ExactPart = PartialResult
