"""The colours of everything that is shown: the report, the figures and the terminal.

Classes are blue and vermilion, outcomes reddish purple, amber and green: the hues of Okabe and Ito
(2008), which people with any colour vision tell apart; a mark or a word always says the same as the
colour. Heat is matplotlib's perceptually even ``inferno`` (van der Walt and Smith, 2015), given by
stops at equal distances.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["DARK", "HEAT", "LIGHT", "OUTCOME_MARKS", "TERMINAL"]

LIGHT = MappingProxyType(
    {
        "page": "#f4f6f8",
        "paper": "#ffffff",
        "ink": "#15191e",
        "quiet": "#525c68",
        "rule": "#d8dee5",
        "normal": "#0072b2",
        "anomalous": "#d55e00",
        "missed": "#b5477f",
        "false_alarm": "#c98a00",
        "right": "#008a65",
        "truth": "#00b8d9",
        "prediction": "#ffffff",
        "threshold": "#15191e",
    }
)
"""On white. ``truth`` and ``prediction`` are outlines on pictures, drawn with a dark edge."""

DARK = MappingProxyType(
    {
        "page": "#0f1317",
        "paper": "#171c22",
        "ink": "#eef1f4",
        "quiet": "#a3adb8",
        "rule": "#313a44",
        "normal": "#56b4e9",
        "anomalous": "#ff8a3d",
        "missed": "#e58ab8",
        "false_alarm": "#f0b429",
        "right": "#2fc397",
        "truth": "#35d6f5",
        "prediction": "#ffffff",
        "threshold": "#eef1f4",
    }
)
"""On near black, the same names."""

HEAT = (
    *("#000004", "#0b0724", "#210c4a", "#3d0965", "#57106e", "#71196e", "#8a226a", "#a32c61"),
    *("#bc3754", "#d24644", "#e45a31", "#f1731d", "#f98e09", "#fcac11", "#f9cb35", "#f2ea69"),
    "#fcffa4",
)
"""From the lowest score of a scale to the highest."""

TERMINAL = MappingProxyType(
    {
        "normal": "blue",
        "anomalous": "dark_orange3",
        "missed": "magenta",
        "false_alarm": "yellow",
        "right": "green",
    }
)
"""The nearest names of rich."""

OUTCOME_MARKS = MappingProxyType({"missed": "\u2715", "false_alarm": "!", "right": "\u2713"})
"""What stands beside the colour of an outcome."""
