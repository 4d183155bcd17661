"""The files of a job: results, thresholds with their scales, and pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from gonogo.config import evaluate_job, load_job, save_outcome
from gonogo.datasets import read_map
from gonogo.decisions import at_least
from gonogo.errors import InputError
from gonogo.normalization import MinMax
from gonogo.thresholds import Threshold


def done(path, brushes, **given):
    maps, data = brushes
    return evaluate_job(load_job(path, maps=maps, ground_truth=data, **given))


def test_files(brushes, settings, tmp_path):
    out = tmp_path / "run"
    outcome = done(settings(), brushes, out=out)
    written = save_outcome(outcome, command=["gonogo", "evaluate"])
    assert sorted(path.name for path in out.iterdir()) == [
        "curves.npz",
        "images",
        "images.csv",
        "metrics.json",
        "results.json",
        "threshold-image.json",
        "threshold-pixel.json",
    ]
    assert set(written) == set(out.iterdir())
    assert json.loads((out / "results.json").read_text())["command"] == ["gonogo", "evaluate"]
    threshold = Threshold.load(out / "threshold-pixel.json")
    assert threshold == outcome.thresholds["toothbrush"]["pixel"]
    assert MinMax.load(out / "threshold-pixel.json") == outcome.scales["toothbrush"]["pixel"]
    with pytest.raises(InputError, match="found the results of an earlier run"):
        save_outcome(outcome)
    save_outcome(outcome, force=True)


def test_pictures(brushes, settings, tmp_path):
    maps, data = brushes
    outcome = done(settings(), brushes, out=tmp_path / "run")
    save_outcome(outcome)
    pictures = sorted((tmp_path / "run/images").rglob("*.png"))
    assert len(pictures) == 7
    picture = np.asarray(Image.open(tmp_path / "run/images/test/defective/002.png"))
    assert picture.shape == (16 + 12, 5 * 16 + 4 * 4, 3)
    panels = [picture[16:, 20 * k : 20 * k + 16] for k in range(5)]
    photograph = np.asarray(Image.open(data / "test/defective/002.png"))
    truth = np.asarray(Image.open(data / "ground_truth/defective/002_mask.png"))
    scores = read_map(maps / "test/defective/002.tiff")
    flags = at_least(scores, outcome.thresholds["toothbrush"]["pixel"].value)
    np.testing.assert_array_equal(panels[0], photograph)
    np.testing.assert_array_equal(panels[1], np.repeat(truth[..., None], 3, axis=2))
    np.testing.assert_array_equal(panels[3][..., 0] == 255, flags)
    red = (panels[4] == (220, 30, 30)).all(axis=2)
    assert red.any()
    assert not (red & ~flags).any()
    np.testing.assert_array_equal(panels[4][~red], photograph[~red])
    heat = panels[2].astype(int)
    warm, cold = heat[..., 0] > heat[..., 2] + 20, heat[..., 2] > heat[..., 0] + 20
    assert flags[warm].all()
    assert not flags[cold].any()


def test_simple_pictures_in_a_folder_of_their_own(brushes, settings, tmp_path):
    path = settings(
        mode="simple",
        image_save_path=str(tmp_path / "seen"),
        task="classification",
        normalization_method="null",
    )
    save_outcome(done(path, brushes, out=tmp_path / "run"))
    assert not (tmp_path / "run/images").exists()
    with Image.open(tmp_path / "seen/test/good/000.png") as picture:
        assert picture.size == (16, 16 + 12)


def test_no_pictures_unless_asked_for(brushes, settings, tmp_path):
    save_outcome(done(settings(save_images="false"), brushes, out=tmp_path / "run"))
    assert not (tmp_path / "run/images").exists()


def test_photographs_of_another_size_and_depth(brushes, settings, tmp_path):
    data = brushes[1]
    Image.fromarray(np.full((24, 32), 300, np.uint16)).save(data / "test/good/000.png")
    save_outcome(done(settings(), brushes, out=tmp_path / "run"))
    picture = np.asarray(Image.open(tmp_path / "run/images/test/good/000.png"))
    assert picture.shape == (16 + 24, 5 * 32 + 4 * 4, 3)
    assert (picture[16:, :32] == 300 >> 8).all()
    (data / "test/good/000.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"test/good/000\.png: cannot read the photograph"):
        save_outcome(done(settings(), brushes, out=tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_pictures_that_fail_leave_an_earlier_run_as_it_was(brushes, settings, tmp_path):
    out = tmp_path / "run"
    save_outcome(done(settings(), brushes, out=out))
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (brushes[1] / "test/good/000.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="cannot read the photograph"):
        save_outcome(done(settings(), brushes, out=out), force=True)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_picture_never_takes_the_place_of_a_photograph(brushes, settings):
    data = brushes[1]
    path = settings(image_save_path=str(data))
    with pytest.raises(InputError, match=r"found files where pictures are to go"):
        save_outcome(done(path, brushes))
    before = (data / "test/good/000.png").read_bytes()
    with pytest.raises(InputError, match=r"found .*\.png of the data; name another folder"):
        save_outcome(done(path, brushes), force=True)
    assert (data / "test/good/000.png").read_bytes() == before


def test_a_threshold_of_someone_else_is_kept_without_force(brushes, settings, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/threshold-pixel.json").write_text("mine")
    outcome = done(settings(), brushes, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"found threshold-pixel\.json; .* force=True"):
        save_outcome(outcome)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["threshold-pixel.json"]
