"""The one door for bad input: public functions convert through here in their first lines."""

from gonogo._check.arrays import as_array, finite_range, plane, score_array
from gonogo._check.csv_table import escaped_cell
from gonogo._check.image_rows import PIXEL_COLUMNS, count_column, image_rows
from gonogo._check.images import ArrayImage, images, pairs
from gonogo._check.label_words import NORMAL_NAMES, bare
from gonogo._check.masks import (
    Convention,
    Mask,
    binary,
    ignored_pixels,
    image_mask,
    mask_array,
    refuse_mixed,
)
from gonogo._check.numbers import plain_number
from gonogo._check.options import finite_number, fraction, number, settings
from gonogo._check.score_table import ROLES, ScoreTable
from gonogo._check.vectors import elements, image_labels, image_scores, texts

__all__ = [
    "NORMAL_NAMES",
    "PIXEL_COLUMNS",
    "ROLES",
    "ArrayImage",
    "Convention",
    "Mask",
    "ScoreTable",
    "as_array",
    "bare",
    "binary",
    "count_column",
    "elements",
    "escaped_cell",
    "finite_number",
    "finite_range",
    "fraction",
    "ignored_pixels",
    "image_labels",
    "image_mask",
    "image_rows",
    "image_scores",
    "images",
    "mask_array",
    "number",
    "pairs",
    "plain_number",
    "plane",
    "refuse_mixed",
    "score_array",
    "settings",
    "texts",
]
