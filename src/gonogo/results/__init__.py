"""What an evaluation returns, prints and saves."""

from gonogo.results.levels import Level, PixelLevel, image_level, pixel_level
from gonogo.results.record import DefectResult, Result, Run, by_reason
from gonogo.results.table import Table, defect_table, level_table, run_table

__all__ = [
    "DefectResult",
    "Level",
    "PixelLevel",
    "Result",
    "Run",
    "Table",
    "by_reason",
    "defect_table",
    "image_level",
    "level_table",
    "pixel_level",
    "run_table",
]
