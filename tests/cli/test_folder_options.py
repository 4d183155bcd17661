"""How folders are read, from the command line: options, files of settings, and what is said."""

from __future__ import annotations

import json
import shutil

import pytest

from gonogo import load
from gonogo.plot.images import images_of
from tests.cli.test_report import pictures


@pytest.fixture
def fine(bottle):
    return fine_folders(bottle)


def fine_folders(bottle):
    """The bottles, their normal images in a folder ``fine``, their masks called ``_m``."""
    maps, truth = bottle
    for folder in (maps / "test", truth / "test"):
        (folder / "good").rename(folder / "fine")
    for path in (truth / "ground_truth").rglob("*_mask.png"):
        path.rename(path.with_name(path.name.replace("_mask", "_m")))
    return maps, truth


OPTIONS = ("--normal", "fine", "--mask-suffix", "_m", "--task", "pixel")


def document(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["categories"]


def test_options_of_folders(gonogo, bottle, tmp_path):
    expected = document(gonogo("evaluate", *bottle, "--json"))
    maps, truth = bottle
    for folder in (maps / "test", truth / "test"):
        (folder / "good").rename(folder / "fine")
    for path in (truth / "ground_truth").rglob("*_mask.png"):
        path.rename(path.with_name(path.name.replace("_mask", "_m")))
    assert document(gonogo("evaluate", *bottle, *OPTIONS, "--json")) == expected
    file = tmp_path / "own.yaml"
    file.write_text(f"maps: {maps}\nground_truth: {truth}\nnormal: fine\nmask_suffix: [_m]\n")
    assert document(gonogo("evaluate", "--config", file, "--json")) == expected
    file.write_text(f"maps: {maps}\nground_truth: {truth}\nnormal: nope\nmask_suffix: _x\n")
    assert document(gonogo("evaluate", "--config", file, *OPTIONS, "--json")) == expected


def test_a_run_finds_its_images_again(gonogo, fine, tmp_path):
    out = tmp_path / "run"
    result = gonogo("evaluate", *fine, *OPTIONS, "--out", out, "--no-report")
    assert result.exit_code == 0, result.output
    origin = json.loads((out / "results.json").read_text())["origin"]
    assert origin["normal"] == ["fine"]
    assert (origin["mask_suffix"], origin["task"]) == (["_m"], "pixel")
    result = gonogo("report", out)
    assert result.exit_code == 0, result.output
    assert "no pictures" not in result.stderr
    assert (out / "report.html").stat().st_size > 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "or with what --mask-suffix _x names"),
        (("--mask-suffix", "_m"), "one of those without masks (fine): --normal fine"),
        (
            ("--normal", "nice", "--mask-suffix", "_m"),
            "gonogo: error: --normal: found no folder nice in",
        ),
        (("--normal", "fine"), "or with what --mask-suffix _x names"),
        (("--normal", "fine", "--mask-suffix", "_q"), "found no map for 3 mask(s)"),
        (("--task", "images"), "--task"),
    ],
)
def test_what_is_wrong_names_options(gonogo, fine, options, says):
    result = gonogo("evaluate", *fine, *options)
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    assert says in line


@pytest.mark.parametrize("form", ["options", "settings", "url"])
def test_a_category_of_several_is_found_again_by_another_name(gonogo, several, tmp_path, form):
    maps, truth = several
    out, file = tmp_path / "run", tmp_path / "own.yaml"
    file.write_text(f"maps: {maps}\nground_truth: {truth}\ncategories: [bottle]\nname: foo\n")
    named = ("--category", "bottle", "--name", "foo")
    words = {
        "options": (maps, truth, *named),
        "settings": ("--config", file),
        "url": (f"file://{maps}", f"file://{truth}", *named),
    }[form]
    made = gonogo("evaluate", *words, "--out", out, "--no-report")
    assert made.exit_code == 0, made.output
    results = json.loads((out / "results.json").read_text())
    assert results["origin"]["categories"] == ["bottle"]
    assert list(results["categories"]) == ["foo"]
    again = gonogo("report", out)
    assert again.exit_code == 0, again.output
    assert again.stderr == ""
    assert len(pictures(out / "report.html")["foo"]) == 5
    run = load(out)
    result, shown = images_of(run, None, None, None, "foo")
    assert len(shown) == len(result.images) == 5


def test_a_run_that_did_not_store_its_categories_is_read(gonogo, several, tmp_path):
    out = tmp_path / "run"
    assert gonogo("evaluate", *several, "--out", out, "--no-report", "-q").exit_code == 0
    path = out / "results.json"
    results = json.loads(path.read_text())
    assert results["origin"].pop("categories") == []
    path.write_text(json.dumps(results))
    assert load(out).origin.categories == ()
    assert gonogo("report", out).exit_code == 0
    results["origin"]["categories"] = [1]
    path.write_text(json.dumps(results))
    assert "damaged" in gonogo("report", out).stderr


@pytest.mark.parametrize("level", ["image", "pixel"])
def test_thresholds_of_such_folders(gonogo, bottle, level):
    words = ("--level", level, "--policy", "f1", "--json")
    expected = gonogo("threshold", bottle[0], "--ground-truth", bottle[1], *words)
    assert expected.exit_code == 0, expected.output
    maps, truth = fine_folders(bottle)
    found = gonogo("threshold", maps, "--ground-truth", truth, *OPTIONS, *words)
    assert found.exit_code == 0, found.output
    documents = [json.loads(one.stdout) | {"created": None} for one in (expected, found)]
    assert documents[0] == documents[1]


def test_hints_of_thresholds_are_options_they_have(gonogo, fine):
    words = ("threshold", fine[0], "--policy", "f1")
    found = gonogo(*words, "--ground-truth", fine[1])
    assert "or with what --mask-suffix _x names" in found.stderr
    found = gonogo(*words, "--ground-truth", fine[1], "--mask-suffix", "_m")
    assert "one of those without masks (fine): --normal fine" in found.stderr
    image = ("--ground-truth", fine[1], "--level", "image", "--task", "image", "--normal", "fine")
    found = gonogo(*words, *image, "--json")
    assert found.exit_code == 0, found.output
    achieved = json.loads(found.stdout)["threshold"]["achieved"]
    assert (achieved["fpr"]["of"], achieved["recall"]["of"]) == (2, 3)
    for option, value in (("normal", "fine"), ("mask-suffix", "_m"), ("task", "image")):
        found = gonogo(*words, f"--{option}", value)
        assert found.exit_code == 2
        assert f"--{option}: found {value} where it has no effect" in found.stderr


def test_a_name_is_the_title_of_everything(gonogo, bottle, tmp_path):
    out = tmp_path / "run"
    result = gonogo("evaluate", *bottle, "--name", "flask", "--out", out)
    assert result.exit_code == 0, result.output
    assert "flask" in result.stdout
    assert list(json.loads((out / "results.json").read_text())["categories"]) == ["flask"]
    assert "<title>flask" in (out / "report.html").read_text()
    assert "no pictures" not in gonogo("report", out).stderr
    result = gonogo("evaluate", *bottle, "--name", "a/b")
    assert result.exit_code == 2
    assert result.stderr.startswith("gonogo: error: --name: found 'a/b'; expected a name")


def test_without_masks(gonogo, bottle, tmp_path):
    maps, truth = bottle
    shutil.rmtree(truth / "ground_truth")
    result = gonogo("evaluate", maps, truth, "--json")
    (line,) = result.stderr.splitlines()
    assert line == (
        f"gonogo: warning: {truth} has no masks: the image level alone is evaluated, by the names "
        "of folders (good is normal); --task image asks for this"
    )
    entry = document(result)["bottle"]
    assert (entry["image"]["auroc"], entry["pixel"]) == (1.0, None)
    asked = gonogo("evaluate", maps, truth, "--task", "image", "--out", tmp_path / "run")
    assert asked.exit_code == 0, asked.output
    assert "no masks" not in asked.stderr
    file = tmp_path / "own.yaml"
    file.write_text(f"maps: {maps}\nground_truth: {truth}\nthreshold: f1\nmetrics: {{image: f1}}\n")
    settled = gonogo("evaluate", "--config", file, "--out", tmp_path / "other")
    assert settled.exit_code == 0, settled.output
    assert not (tmp_path / "other/threshold-pixel.json").exists()
    assert (tmp_path / "other/threshold-image.json").exists()
    gone = gonogo("evaluate", maps, truth, "--task", "pixel")
    assert gone.exit_code == 2
    assert f"there is no folder {truth / 'ground_truth'}" in gone.stderr


def test_task_image_in_settings(gonogo, bottle, tmp_path):
    maps, truth = bottle
    file = tmp_path / "own.yaml"
    text = f"maps: {maps}\nground_truth: {truth}\ntask: image\n"
    file.write_text(text + "threshold: f1\nnormalization: min_max\n")
    entry = document(gonogo("evaluate", "--config", file, "--json"))["bottle"]
    assert (entry["image"]["auroc"], entry["pixel"]) == (1.0, None)
    for line in ("metrics: {pixel: auroc}", "threshold: {pixel: f1}"):
        file.write_text(text + line + "\n")
        result = gonogo("evaluate", "--config", file)
        assert result.exit_code == 2
        assert "found it for pixels, but the task is image; leave one of them out" in result.stderr


def test_old_thresholds_of_anomalib_are_used(gonogo, bottle, tmp_path):
    """Thresholds under model, not adaptive: 3 and 3, not the best F1."""
    maps, truth = bottle
    file = tmp_path / "config.yaml"
    file.write_text(
        f"dataset: {{format: mvtec, path: {truth.parent}, category: bottle}}\n"
        "model: {name: padim, threshold: {image_default: 3, pixel_default: 3, adaptive: false}}\n"
        "metrics: {image: [F1Score], pixel: [F1Score]}\n"
    )
    result = gonogo("evaluate", maps, "--config", file, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    for level in ("image", "pixel"):
        document = json.loads((tmp_path / f"run/threshold-{level}.json").read_text())
        assert document["threshold"]["value"] == 3.0
    assert "passed over, of no use to an evaluation: model.name" in " ".join(result.stderr.split())


def test_newer_folders_of_anomalib(gonogo, bottle, tmp_path):
    maps, truth = bottle
    file = tmp_path / "config.yaml"
    file.write_text(
        f"dataset:\n  name: bottle\n  format: folder\n  root: {truth}\n  normal_dir: test/good\n"
        "  abnormal_dir: [test/hole, test/scratch]\n  mask_dir: ground_truth\n"
        "  normal_test_dir: null\n  task: segmentation\n  extensions: null\n"
    )
    found = document(gonogo("evaluate", maps, "--config", file, "--json"))["bottle"]
    expected = document(gonogo("evaluate", maps, truth, "--json"))["bottle"]
    assert (found["image"]["auroc"], found["pixel"]["auroc"]) == (1.0, expected["pixel"]["auroc"])
