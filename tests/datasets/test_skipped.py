"""An image that cannot be used stops a run, or is left out and named; a lost disk stops it."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import gonogo
from gonogo.datasets import checkpoint, find_categories, unfinished_images
from tests.datasets.conftest import write_map, write_mvtec

with suppress(ImportError):  # not on Windows
    import pwd

MODES = pytest.mark.parametrize("mode", ["exact", "certified"])


@pytest.fixture(params=["plain", "with a checkpoint"])
def kept(request, tmp_path, monkeypatch):
    """Options of a run in one go, and of one with a checkpoint."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    return {} if request.param == "plain" else {"checkpoint": tmp_path / "out"}


def cut(path):
    path.write_bytes(path.read_bytes()[:300])


def without(folders, names):
    """The result of the images that are left."""
    (images,) = find_categories(*folders).values()
    left = [image for image in images if image.name not in names]
    maps, masks = zip(*(image.load() for image in left), strict=True)
    return gonogo.evaluate(
        list(maps),
        list(masks),
        defects=[image.defect for image in left],
        names=[image.name for image in left],
    )


@MODES
def test_bad_images_are_left_out_and_named(mvtec, kept, mode):
    maps, truth = mvtec
    cut(maps / "test/good/001.tiff")
    np.save(maps / "test/hole/000.npy", np.full((12, 16), np.nan))
    (maps / "test/hole/000.tiff").unlink()
    with pytest.raises(gonogo.InputError, match=r"good.001\.tiff|hole.000\.npy"):
        gonogo.evaluate_folder(maps, truth, mode=mode, **kept)
    run = gonogo.evaluate_folder(maps, truth, mode=mode, on_error="skip", **kept)
    result = run.categories["bottle"]
    assert [one.name for one in result.skipped] == ["test/good/001.tiff", "test/hole/000.npy"]
    assert "001.tiff: " in result.skipped[0].reason
    assert "NaN" in result.skipped[1].reason
    assert "3 images (2 anomalous, 1 normal), " + mode + ", 2 skipped" in repr(result)
    expected = without(mvtec, {one.name for one in result.skipped})
    assert result.images == expected.images
    assert float(result.pixel.auroc) == pytest.approx(expected.pixel.auroc, abs=1e-12)
    assert float(result.pixel.aupro[0.3]) == pytest.approx(expected.pixel.aupro[0.3], abs=1e-12)


def test_skipped_images_are_in_the_document(mvtec, tmp_path):
    cut(mvtec[0] / "test/good/001.tiff")
    run = gonogo.evaluate_folder(*mvtec, on_error="skip")
    run.save(tmp_path / "run")
    document = json.loads((tmp_path / "run/results.json").read_text())
    schema = json.loads(
        (resources.files("gonogo.results") / "results-1.schema.json").read_text("utf-8")
    )
    jsonschema.validate(document, schema)
    (skipped,) = document["categories"]["bottle"]["skipped"]
    assert skipped["name"] == "test/good/001.tiff"
    assert skipped["reason"] == run.categories["bottle"].skipped[0].reason


def test_nothing_is_skipped_unless_it_is_bad(mvtec, kept):
    run = gonogo.evaluate_folder(*mvtec, on_error="skip", **kept)
    assert run.categories["bottle"].skipped == ()
    assert "skipped" not in repr(run.categories["bottle"])


def test_where_every_image_is_bad_there_is_no_result(mvtec, kept):
    for path in mvtec[0].rglob("*.tiff"):
        cut(path)
    with pytest.raises(gonogo.InputError, match="none of the 5 images can be used; the first: "):
        gonogo.evaluate_folder(*mvtec, on_error="skip", **kept)


@MODES
def test_a_file_that_went_away_is_never_skipped(mvtec, kept, mode):
    """As where a disk is lost: the run stops, and goes on when it is back."""
    victim = mvtec[0] / "test/good/001.tiff"
    hidden = victim.with_suffix(".away")

    def lose(*_):
        if victim.exists():
            victim.rename(hidden)

    with pytest.raises(gonogo.InputError, match=r"001\.tiff: cannot open .*No such file"):
        gonogo.evaluate_folder(*mvtec, mode=mode, on_error="skip", progress=lose, **kept)
    hidden.rename(victim)
    run = gonogo.evaluate_folder(*mvtec, mode=mode, on_error="skip", **kept)
    assert run.categories["bottle"].skipped == ()


@MODES
def test_what_was_counted_before_a_bad_image_is_kept(mvtec, tmp_path, mode, monkeypatch):
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    maps, truth = mvtec
    for place in range(60):
        write_map(maps / f"test/good/{place + 100}.tiff", place)
    plain = gonogo.evaluate_folder(maps, truth, mode=mode).categories["bottle"]
    bad = maps / "test/good/150.tiff"
    content = bad.read_bytes()
    cut(bad)
    with pytest.raises(gonogo.InputError, match=r"150\.tiff"):
        gonogo.evaluate_folder(maps, truth, mode=mode, checkpoint=tmp_path)
    assert unfinished_images(tmp_path) > 30
    run = gonogo.evaluate_folder(maps, truth, mode=mode, checkpoint=tmp_path, on_error="skip")
    assert [one.name for one in run.categories["bottle"].skipped] == ["test/good/150.tiff"]
    bad.write_bytes(content)
    again = gonogo.evaluate_folder(maps, truth, mode=mode, checkpoint=tmp_path)
    assert again.categories["bottle"].to_dict() == plain.to_dict()


def test_an_anomalous_image_that_was_mended_counts(mvtec, tmp_path, monkeypatch):
    """It brings new anomalous scores, among which everything has to be ranked again."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    plain = gonogo.evaluate_folder(*mvtec).categories["bottle"]
    bad = mvtec[0] / "test/scratch/001.tiff"
    content = bad.read_bytes()
    cut(bad)
    run = gonogo.evaluate_folder(*mvtec, checkpoint=tmp_path, on_error="skip")
    assert len(run.categories["bottle"].skipped) == 1
    bad.write_bytes(content)
    run = gonogo.evaluate_folder(*mvtec, checkpoint=tmp_path, on_error="skip")
    assert run.categories["bottle"].to_dict() == plain.to_dict()


def test_what_may_be_said_about_errors(mvtec):
    with pytest.raises(gonogo.InputError, match="on_error: found 'ignore'; expected stop or skip"):
        gonogo.evaluate_folder(*mvtec, on_error="ignore")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are other things there")
def test_a_file_without_permission_can_be_skipped():
    with tempfile.TemporaryDirectory() as folder:  # pytest's are for root alone
        maps, truth = Path(folder, "model"), Path(folder, "bottle")
        write_mvtec(maps, truth)
        whole = gonogo.evaluate_folder(maps, truth)
        (maps / "test/good/001.tiff").chmod(0)
        with without_root(Path(folder)):
            with pytest.raises(gonogo.InputError, match=r"001\.tiff: .*Permission denied"):
                gonogo.evaluate_folder(maps, truth)
            run = gonogo.evaluate_folder(maps, truth, on_error="skip")
    result = run.categories["bottle"]
    assert [one.name for one in result.skipped] == ["test/good/001.tiff"]
    assert len(result.images) == len(whole.categories["bottle"].images) - 1


@contextmanager
def without_root(folder):
    """Be another user, who owns the folder: root reads everything. Others stay who they are."""
    if os.geteuid() != 0:
        yield
        return
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    os.seteuid(nobody.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
