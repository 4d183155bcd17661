"""The colours can be read by everyone: contrast, colour blindness, and an even heat map."""

from __future__ import annotations

from dataclasses import asdict
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest

from gonogo.palette import DARK, HEAT, HEAT_NAME, LIGHT

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
WORDS = ("ink", "quiet", "normal", "anomalous", "missed", "false_alarm", "right", "accent")
# What is lost of linear RGB without one kind of cone (Machado, Oliveira, Fernandes 2009, severity
# 1), by rows.
SIGHT = {
    "all": np.eye(3),
    "no long": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998]],
    "no middle": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                  [-0.011820, 0.042940, 0.968881]],
    "no short": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                 [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def linear(colour):
    share = np.array(list(bytes.fromhex(colour[1:]))) / 255.0
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    """Of WCAG 2."""
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def oklab(light):
    """Björn Ottosson, 2020: distances are even to the eye; 0.02 can just be told apart."""
    cones = np.cbrt(
        np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                  [0.2119034982, 0.6806995451, 0.1073969566],
                  [0.0883024619, 0.2817188376, 0.6299787005]]) @ np.clip(light, 0.0, 1.0)
    )  # fmt: skip
    return np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                     [1.9779984951, -2.4285922050, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.8086757660]]) @ cones  # fmt: skip


@THEMES
def test_words_have_the_contrast_that_wcag_asks_for(palette):
    colours = asdict(palette)
    for ground in ("background", "surface"):
        low = {name: contrast(colours[name], colours[ground]) for name in WORDS}
        assert min(low.values()) >= 4.5, low


@THEMES
@pytest.mark.parametrize("sight", SIGHT)
def test_what_is_told_apart_by_colour_stays_apart(palette, sight):
    colours = asdict(palette)
    for group in (("normal", "anomalous"), ("missed", "false_alarm", "right")):
        for one, other in combinations(group, 2):
            seen = [oklab(np.array(SIGHT[sight]) @ linear(colours[name])) for name in (one, other)]
            assert np.linalg.norm(seen[0] - seen[1]) > 0.06, (one, other)


def test_heat_is_the_map_it_is_called():
    shares = np.array(mpl.colormaps[HEAT_NAME].colors)
    np.testing.assert_array_equal(np.round(shares * 255.0), HEAT)
    light = [oklab(linear(f"#{bytes(colour).hex()}"))[0] for colour in HEAT]
    assert np.all(np.diff(light) > -1e-3)


@THEMES
def test_css_names_every_colour(palette):
    assert palette.css().count(";") == len(asdict(palette))
    assert f"--false-alarm: {palette.false_alarm};" in palette.css()
