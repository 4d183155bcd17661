"""Masks on the command line: rules, a value to ignore, mixtures, and hints that name options."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

import gonogo as library


def repaint(truth, change):
    """Write every mask anew, with what ``change`` makes of its values."""
    paths = sorted(truth.rglob("*_mask.png"))
    for number, path in enumerate(paths):
        Image.fromarray(change(np.asarray(Image.open(path)), number)).save(path)
    return paths


def numbers(result):
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    return document["settings"], next(iter(document["categories"].values()))


def test_a_rule_gives_the_numbers_of_usual_masks(gonogo, bottle, tmp_path):
    _, plain = numbers(gonogo("evaluate", *bottle, "--json"))
    repaint(bottle[1], lambda mask, _: np.where(mask, np.uint8(200), np.uint8(90)))
    settings, found = numbers(gonogo("evaluate", *bottle, "--mask-values", "> 127", "--json"))
    assert settings["mask_values"] == ">127"
    assert found == plain
    assert numbers(gonogo("evaluate", *bottle, "--mask-values", "200,1", "--json"))[1] == plain
    config = tmp_path / "run.yaml"
    config.write_text(
        f"maps: {bottle[0]}\nground_truth: {bottle[1]}\nmask_values: [200]\nignore_value: 7\n"
    )
    settings, found = numbers(gonogo("evaluate", "--config", config, "--json"))
    assert (settings["mask_values"], settings["ignore_value"], found) == ("200", 7, plain)


@pytest.mark.parametrize("words", [(), ("--mode", "certified"), ("--workers", "1")])
def test_ignored_pixels(gonogo, bottle, words):
    def with_void(mask, _):
        values = np.where(mask, np.uint8(1), np.uint8(0))
        values[:, :3] = 255
        return values

    paths = repaint(bottle[1], with_void)
    found = gonogo("evaluate", *bottle)
    assert found.exit_code == 2
    assert f"error: {paths[0]}: found dtype uint8 with the values 0, 1, 255" in found.stderr
    hint = "Say what 255 is: --ignore-value 255, or --mask-values nonzero if it is anomalous"
    assert hint in found.stderr
    settings, found = numbers(
        gonogo("evaluate", *bottle, "--ignore-value", "255", "--json", "-q", *words)
    )
    assert settings["ignore_value"] == 255
    assert (found["pixel"]["anomalous"], found["pixel"]["normal"]) == (45, 5 * 192 - 45 - 3 * 36)


@pytest.mark.parametrize("words", [(), ("--mode", "certified"), ("--on-error", "skip")])
def test_a_mixture_is_one_message_with_both_files(gonogo, bottle, words):
    paths = repaint(bottle[1], lambda mask, k: mask // 255 if k == 2 else mask)
    found = gonogo("evaluate", *bottle, *words)
    assert found.exit_code == 2
    assert found.stderr.count("\n") == 1
    assert f"masks: found the values 0/1 in {paths[2]} and 0/255 in {paths[0]};" in found.stderr
    assert "--ignore-value 255, or --mask-values nonzero" in found.stderr
    fit = ("threshold", bottle[0], "--ground-truth", bottle[1], "-p", "f1")
    found = gonogo(*fit)
    assert (found.exit_code, str(paths[2]) in found.stderr) == (2, True)
    assert gonogo(*fit, "--mask-values", "nonzero").exit_code == 0
    assert gonogo("evaluate", *bottle, "--mask-values", "nonzero", *words).exit_code == 0


def test_what_is_no_rule_names_the_option(gonogo, bottle):
    found = gonogo("evaluate", *bottle, "--mask-values", "about 3")
    assert found.exit_code == 2
    assert found.stderr.startswith("gonogo: error: --mask-values: found 'about 3'; expected")
    found = gonogo("evaluate", *bottle, "--ignore-value", "x")
    assert (found.exit_code, "--ignore-value" in found.stderr) == (2, True)


def test_grey_masks_are_hinted_at_with_a_limit(gonogo, bottle):
    repaint(bottle[1], lambda mask, _: np.where(mask, np.uint8(200), np.uint8(90)))
    found = gonogo("evaluate", *bottle)
    assert "for example --mask-values '>127'" in found.stderr


def test_reports_and_pictures_read_masks_by_the_rule(gonogo, bottle, tmp_path):
    repaint(bottle[1], lambda mask, _: np.where(mask, np.uint8(2), np.uint8(0)))
    out = tmp_path / "run"
    words = ("--mask-values", "2", "--out", out, "--pictures", "full", "-q")
    assert gonogo("evaluate", *bottle, *words).exit_code == 0
    assert (out / "report.html").stat().st_size > 0
    assert len(list(out.glob("images/**/*.png"))) == 5
    assert gonogo("report", out, "--force").exit_code == 0
    run = library.load(out)
    assert run.settings.mask_values == "2"


def test_a_threshold_for_scores_without_ignored_pixels_is_not_applied_to_whole_maps(
    gonogo, bottle, tmp_path
):
    run, fitted = tmp_path / "run", tmp_path / "t.json"
    words = ("--ignore-value", "7", "--out", run, "--no-report", "-q")
    assert gonogo("evaluate", *bottle, *words).exit_code == 0
    assert gonogo("threshold", run, "-p", "f1", "--out", fitted).exit_code == 0
    found = gonogo("apply", fitted, bottle[0])
    assert found.exit_code == 2
    assert "or from maps that were resized or had ignored pixels" in found.stderr


@pytest.mark.parametrize("option", [("--mask-values", "nonzero"), ("--ignore-value", "255")])
def test_options_of_masks_need_masks(gonogo, bottle, option):
    found = gonogo("threshold", bottle[0], "-p", "fpr<=0.1", *option)
    assert found.exit_code == 2
    assert f"{option[0]}: found" in found.stderr
    assert "where it has no effect" in found.stderr
