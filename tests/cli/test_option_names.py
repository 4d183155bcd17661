"""Messages name the options that the running command has, and no others."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gonogo.cli.option_names import in_options, options_of

HOLE = "ground_truth/hole/000_mask.png"


def test_masks_are_files_in_evaluate_and_an_option_in_apply(gonogo, bottle, tmp_path):
    mask = np.asarray(Image.open(bottle[1] / HOLE)) // 255
    Image.fromarray(mask).save(bottle[1] / HOLE)
    found = gonogo("evaluate", *bottle)
    assert found.exit_code == 2
    assert "gonogo: error: masks: found" in found.stderr
    assert "--masks" not in found.stderr
    assert "--mask-values" in found.stderr
    scores = tmp_path / "scores.csv"
    scores.write_text("image,score\na,0.5\n")
    found = gonogo("apply", "0.5", scores, "--masks", "0.5")
    assert found.exit_code == 2
    assert "error: --masks: found it for" in found.stderr


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["--level"], "--level: found it; pass task=\"image\" and columns={'label': 'gt'}"),
        (["--task"], "level: found it; pass --task image and columns={'label': 'gt'}"),
        (["--column"], 'level: found it; pass task="image" and --column label=gt'),
        ([], "level: found it; pass task=\"image\" and columns={'label': 'gt'}"),
    ],
)
def test_what_the_command_has_no_option_for_stays(names, message):
    text = "level: found it; pass task=\"image\" and columns={'label': 'gt'}"
    with options_of(names):
        assert in_options(text) == message
        assert in_options("nothing: as force=True") == "nothing: as force=True"
        with options_of(["--force"]):
            assert in_options("nothing: as force=True") == "nothing: as --force"
        assert in_options("nothing: as force=True") == "nothing: as force=True"
    assert in_options(text) == text
