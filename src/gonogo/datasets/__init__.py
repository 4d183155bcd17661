"""Data sets on disk: folder layouts, readers of maps and masks, and the main job over them."""

from gonogo.datasets.categories import Layout, find_categories
from gonogo.datasets.checkpoint import discard_checkpoint, unfinished_images
from gonogo.datasets.folder import FolderProgress, evaluate_folder
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.maps import read_map
from gonogo.datasets.masks import read_mask
from gonogo.datasets.table import evaluate_table, is_table, refuse_for_table

__all__ = [
    "FolderProgress",
    "ImageFile",
    "Layout",
    "discard_checkpoint",
    "evaluate_folder",
    "evaluate_table",
    "find_categories",
    "is_table",
    "read_map",
    "read_mask",
    "refuse_for_table",
    "unfinished_images",
]
