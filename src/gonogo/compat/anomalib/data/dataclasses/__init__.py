"""The batches where anomalib 2 defines them."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here
from gonogo.torch import ImageBatch, ImageItem

__all__ = ["ImageBatch", "ImageItem"]


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
