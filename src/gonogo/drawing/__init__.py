"""Pictures of images for a person: heat maps, outlines, overlays, as pixels and as PNG files."""

from gonogo.drawing.overlays import (
    HeatScale,
    Layers,
    Overlay,
    PictureMode,
    caption_of,
    draw_overlays,
    overlays_of,
    refuse_filled,
    score_range,
)
from gonogo.drawing.pixels import (
    Rgb,
    black_and_white,
    heat,
    outline,
    outlined,
    photograph,
    resampled,
)

__all__ = [
    "HeatScale",
    "Layers",
    "Overlay",
    "PictureMode",
    "Rgb",
    "black_and_white",
    "caption_of",
    "draw_overlays",
    "heat",
    "outline",
    "outlined",
    "overlays_of",
    "photograph",
    "refuse_filled",
    "resampled",
    "score_range",
]
