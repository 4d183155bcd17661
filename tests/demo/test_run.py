import json
import sys

import numpy as np
import pytest

from gonogo.datasets import evaluate_folder, read_map, read_mask
from gonogo.demo import Loader, PatchCore, build, evaluation_set
from gonogo.errors import InputError, MissingExtra


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    calls = []
    root = tmp_path_factory.mktemp("demo") / "out"
    folder = build(
        root, categories=("gravel",), per_defect=1, progress=lambda *call: calls.append(call)
    )
    return folder, calls


def test_it_writes_a_data_set_and_maps_that_can_be_evaluated(small):
    folder, _ = small
    run = evaluate_folder(folder.maps, folder.dataset)
    assert list(run.categories) == ["gravel"]
    result = run.categories["gravel"]
    assert (result.image.normal, result.image.anomalous) == (28, 6)
    assert len(result.by_defect) == 6
    assert 0.8 < result.image.auroc <= 1
    assert 0.6 < result.pixel.aupro[0.3] < 1


def test_files_hold_what_the_detector_said(small):
    folder, _ = small
    samples = evaluation_set("gravel", per_defect=1)[-2:]
    detector = PatchCore()
    detector.load_from_path(folder.models / "gravel")
    _, maps, _, _ = detector.predict(Loader(samples))
    for sample, scored in zip(samples, maps, strict=True):
        written = read_map(folder.maps / f"{sample.path}.tiff")
        assert written.dtype == np.float32
        np.testing.assert_array_equal(written, scored)
        truth = folder.dataset / "gravel" / "ground_truth" / sample.defect / "000_mask.png"
        np.testing.assert_array_equal(read_mask(truth) > 0, sample.mask)


def test_two_runs_write_the_same_bytes(small, tmp_path):
    folder, _ = small
    again = build(tmp_path / "again", categories=("gravel",), per_defect=1)
    assert files(again.root) == files(folder.root)


def test_it_tells_what_it_is_doing(small):
    _, calls = small
    assert calls[:2] == [("painting defects", 0, 1), ("gravel: learning", 0, 2)]
    assert calls[-1] == ("gravel: looking", 3, 3)


def test_every_file_is_listed(small):
    folder, _ = small
    listed = json.loads(folder.index.read_text())
    assert listed["seed"] == 0
    assert sorted([*listed["files"], "gonogo-demo.json"]) == sorted(files(folder.root))


def test_an_earlier_demo_is_replaced_with_force_only_and_foreign_files_stay(tmp_path, tiny_build):
    out = tmp_path / "out"
    folder = tiny_build(out)
    mine = folder.maps / "notes.txt"
    mine.write_text("mine")
    stale = folder.maps / "brick" / "test" / "hole" / "007.tiff"
    stale.write_bytes(b"of a demo that painted more")
    document = json.loads(folder.index.read_text())
    outside = tmp_path / "outside.txt"
    outside.write_text("not below the folder")
    document["files"] += ["maps/brick/test/hole/007.tiff", "../outside.txt", str(outside)]
    folder.index.write_text(json.dumps(document))

    before = files(tmp_path)
    with pytest.raises(InputError, match=r"found an earlier demo.*force=True"):
        tiny_build(out, seed=1)
    assert files(tmp_path) == before

    tiny_build(out, seed=1, force=True)
    assert mine.read_text() == "mine"
    assert outside.exists()
    assert not stale.exists()
    assert json.loads(folder.index.read_text())["seed"] == 1
    assert files(tmp_path) != before


def test_a_demo_that_was_interrupted_is_replaced_without_force(tmp_path, tiny_build):
    def interrupt(what, *_):
        if "looking" in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny_build(tmp_path / "out", progress=interrupt)
    again = tiny_build(tmp_path / "out")
    assert files(again.root) == files(tiny_build(tmp_path / "fresh").root)


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_with_other_content_is_refused(tmp_path, tiny_build, force):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(InputError, match="found files that no demo wrote; name another folder"):
        tiny_build(tmp_path, force=force)
    assert list(files(tmp_path)) == ["thesis.tex"]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": "gonogo.demo", "files": [1]}'])
def test_a_list_that_is_none_is_refused(tmp_path, tiny_build, content):
    (tmp_path / "gonogo-demo.json").write_text(content)
    with pytest.raises(InputError, match="found no list of a demo's files"):
        tiny_build(tmp_path, force=True)


def test_an_empty_folder_is_fine_and_a_file_is_not(tmp_path, tiny_build):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    assert tiny_build(tmp_path / "empty").index.is_file()
    with pytest.raises(InputError, match="found a file; expected a folder"):
        tiny_build(tmp_path / "file")
    with pytest.raises(InputError, match="cannot write there"):
        tiny_build(tmp_path / "file" / "below")


@pytest.mark.parametrize("name", ["PIL.Image", "skimage.data", "sklearn.neighbors", "tifffile"])
def test_a_missing_library_is_found_before_anything_is_written(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r'pip install "gonogo\[demo\]"'):
        build(tmp_path / "out")
    assert not (tmp_path / "out").exists()
