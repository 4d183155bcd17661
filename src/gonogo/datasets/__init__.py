"""Data sets on disk: folder layouts, readers of maps and masks, and the main job over them."""

from gonogo.datasets.categories import Layout, find_categories
from gonogo.datasets.checkpoint import discard_checkpoint, unfinished_images
from gonogo.datasets.folder import FolderProgress, evaluate_folder
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.maps import read_map
from gonogo.datasets.masks import read_mask
from gonogo.datasets.table import TABLE_SUFFIXES, evaluate_table

__all__ = [
    "TABLE_SUFFIXES",
    "FolderProgress",
    "ImageFile",
    "Layout",
    "discard_checkpoint",
    "evaluate_folder",
    "evaluate_table",
    "find_categories",
    "read_map",
    "read_mask",
    "unfinished_images",
]
