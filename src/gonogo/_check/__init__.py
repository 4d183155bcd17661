"""The one door for bad input: public functions convert through here in their first lines."""

from gonogo._check.arrays import as_array, finite_range, plane, score_array
from gonogo._check.csv_rows import CsvRows
from gonogo._check.images import ArrayImage, images, pairs
from gonogo._check.masks import (
    Convention,
    Mask,
    binary,
    ignored_pixels,
    image_mask,
    mask_array,
    refuse_mixed,
)
from gonogo._check.options import finite_number, fraction, number, settings
from gonogo._check.vectors import elements, image_labels, image_scores, texts

__all__ = [
    "ArrayImage",
    "Convention",
    "CsvRows",
    "Mask",
    "as_array",
    "binary",
    "elements",
    "finite_number",
    "finite_range",
    "fraction",
    "ignored_pixels",
    "image_labels",
    "image_mask",
    "image_scores",
    "images",
    "mask_array",
    "number",
    "pairs",
    "plane",
    "refuse_mixed",
    "score_array",
    "settings",
    "texts",
]
