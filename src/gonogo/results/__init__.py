"""What an evaluation returns, prints and saves."""

from gonogo.results.levels import Level, PixelLevel, image_level, pixel_level
from gonogo.results.reasons import told
from gonogo.results.record import DefectResult, Result, Run
from gonogo.results.stored import load
from gonogo.results.table import Table, count_table, defect_table, level_table, run_table

__all__ = [
    "DefectResult",
    "Level",
    "PixelLevel",
    "Result",
    "Run",
    "Table",
    "count_table",
    "defect_table",
    "image_level",
    "level_table",
    "load",
    "pixel_level",
    "run_table",
    "told",
]
