"""The batches of ``anomalib.data``: one of images, and one image."""

from gonogo.torch import ImageBatch, ImageItem

__all__ = ["ImageBatch", "ImageItem"]
