"""A run that was saved comes back from its folder as it was."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import gonogo
from gonogo.cli.app import app
from gonogo.errors import InputError
from gonogo.types import Band

pytestmark = pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")


def evaluated(side=20, **options):
    rng = np.random.default_rng(3)
    masks = np.zeros((6, side, side), bool)
    masks[3:, 4:9, 5:11] = True
    maps = (rng.normal(size=masks.shape) + 1.5 * masks).astype(np.float32)
    return gonogo.evaluate(
        maps,
        masks,
        defects=["good"] * 3 + ["<scratch>", "a.b[c]", 'h"o,le'],
        names=[f"{i},\n.tiff" for i in range(6)],
        pixel_thresholds=[0.5],
        image_thresholds=[99.0],
        at_recall=[0.5, 1.0],
        **options,
    )


@pytest.mark.parametrize("options", [{}, {"side": 160, "mode": "certified", "budget": "1MiB"}])
def test_a_run_comes_back(tmp_path, options):
    result = evaluated(**options)
    run = gonogo.Run({"a/b": result, "grass": result}, result.settings, seconds=0.5)
    run.save(tmp_path)
    again = gonogo.load(tmp_path)
    assert again == run
    assert again.seconds == run.seconds
    assert repr(again) == repr(run)
    for name, one in again.categories.items():
        assert one.undefined == run.categories[name].undefined
        assert repr(one) == repr(run.categories[name])
        for level in ("image", "pixel"):
            mine, theirs = (getattr(side, level).curves() for side in (one, result))
            thin = getattr(result, level).curves(thin=True)
            assert mine == thin
            assert mine.keys() == theirs.keys()
            assert getattr(one, level) == getattr(result, level)
        assert one.by_defect == result.by_defect
    assert isinstance(again.categories["grass"].pixel.roc_curve(), Band) == bool(options)


def test_reasons_come_back(tmp_path):
    result = gonogo.evaluate(np.zeros((2, 4, 4)), np.zeros((2, 4, 4), bool))
    result.save(tmp_path)
    again = gonogo.load(tmp_path).categories["data"]
    assert again == result
    assert again.undefined == result.undefined
    for level in ("image", "pixel"):
        for name, curve in getattr(result, level).curves().items():
            assert getattr(again, level).curves()[name].reason == curve.reason != None  # noqa: E711
    assert again.pixel.auroc.reason == result.pixel.auroc.reason


def test_image_scores_alone(tmp_path):
    result = gonogo.evaluate(None, labels=[0, 1, 1], image_scores=[0.1, 0.1, 0.7])
    result.save(tmp_path)
    again = gonogo.load(tmp_path).categories["data"]
    assert again == result
    assert again.pixel is None


def test_what_was_not_stored_is_refused(tmp_path):
    evaluated().save(tmp_path)
    result = gonogo.load(tmp_path).categories["data"]
    with pytest.raises(InputError, match="holds no ranks"):
        _ = result.pixel.ranks
    with pytest.raises(InputError, match="no stored roc curve"):
        result.by_defect["<scratch>"].image.roc_curve()


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(InputError, match=r"found no results\.json.*; expected the folder of a"):
        gonogo.load(tmp_path)


@pytest.mark.parametrize("name", ["images.csv", "curves.npz"])
def test_a_file_is_missing_or_damaged(tmp_path, name):
    evaluated().save(tmp_path)
    (tmp_path / name).write_text("category,name\ndata,x\n")
    with pytest.raises(InputError, match=name):
        gonogo.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"found no {name}"):
        gonogo.load(tmp_path)


def test_an_entry_is_missing(tmp_path):
    evaluated().save(tmp_path)
    path = tmp_path / "results.json"
    document = json.loads(path.read_text("utf-8"))
    del document["categories"]["data"]["image"]["f1_max"]
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"results\.json: found a damaged file .*f1_max"):
        gonogo.load(tmp_path)


@pytest.mark.parametrize("where", ["categories", "mean"])
@pytest.mark.parametrize("ends", [(0.9, 0.2), (None, 0.2), ("0", 0.2)])
def test_an_interval_that_is_upside_down_is_a_damaged_file(tmp_path, where, ends):
    evaluated(side=160, mode="certified", budget="1MiB").save(tmp_path)
    path = tmp_path / "results.json"
    document = json.loads(path.read_text("utf-8"))
    part = document["mean"] if where == "mean" else document["categories"]["data"]
    part["pixel"]["auroc"] = dict(zip(("low", "high"), ends, strict=True))
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"results\.json: found a damaged file of a run"):
        gonogo.load(tmp_path)
    assert CliRunner().invoke(app, ["report", str(tmp_path)]).exit_code == 2


def test_images_that_are_gone(tmp_path):
    evaluated().save(tmp_path)
    path = tmp_path / "images.csv"
    path.write_text(path.read_text().rpartition("data,")[0])
    with pytest.raises(InputError, match=r"found 5 images of data, but results\.json says 6"):
        gonogo.load(tmp_path)


def test_names_that_a_spreadsheet_would_run_come_back(tmp_path):
    names = ["=1+1.png", "-a.png", "+b", "@c", "'=d", "\te", "caf\udce9.png", "plain.png"]
    result = gonogo.evaluate(
        None,
        labels=[0, 1] * 4,
        image_scores=np.arange(8) - 4.5,
        names=names,
        defects=["=x", "-y"] * 4,
    )
    run = gonogo.Run({"=cat": result, "-dog": result}, result.settings)
    run.save(tmp_path / "run")
    text = (tmp_path / "run/images.csv").read_bytes().decode(errors="surrogateescape")
    cells = [cell for line in text.splitlines()[1:] for cell in line.split(",")]
    starts = {cell[0] for cell in cells if cell and not cell.lstrip("-").replace(".", "").isdigit()}
    assert starts <= {"'", "c", "p"}
    assert ",-4.5," in text
    loaded = gonogo.load(tmp_path / "run")
    assert loaded == run
    assert [row.name for row in loaded.categories["=cat"].images] == names
