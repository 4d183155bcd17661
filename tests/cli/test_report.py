"""``gonogo report``, and the report that ``gonogo evaluate`` writes."""

from __future__ import annotations

import errno
import json
import re
import shutil
from functools import partial

import pytest
from PIL import Image

import gonogo as library
from tests.report.test_document import inside


@pytest.fixture
def run(gonogo, bottle, tmp_path):
    assert gonogo("evaluate", *bottle, "--out", tmp_path / "run", "--quiet").exit_code == 0
    return tmp_path / "run"


def lasting(path):
    found = inside(path)
    for part in (found, found["results"]):  # each says when it was made
        part.pop("created")
    return found


def pictures(path):
    return {name: part["pictures"] for name, part in inside(path)["categories"].items()}


def test_evaluate_writes_it_and_says_so_last(gonogo, bottle, tmp_path):
    said = gonogo("evaluate", *bottle, "--out", tmp_path / "run")
    assert said.exit_code == 0
    report = tmp_path / "run" / "report.html"
    assert said.stdout.splitlines()[-1] == f"wrote {report}"
    found = inside(report)
    saved = json.loads((report.parent / "results.json").read_text("utf-8"))
    assert saved["origin"]["maps"] == str(bottle[0])
    assert str(tmp_path) not in json.dumps(
        {**found, "results": {**found["results"], "command": []}}
    )
    same = saved.keys() - {"created", "origin"}
    assert {key: found["results"][key] for key in same} == {key: saved[key] for key in same}
    assert len(found["categories"]["bottle"]["pictures"]) == 5
    assert all("photograph" in one for one in found["categories"]["bottle"]["pictures"].values())


def test_the_folder_of_the_run_gives_the_same_page(gonogo, run):
    before = lasting(run / "report.html")
    said = gonogo("report", run)
    assert said.stdout == f"wrote {run / 'report.html'}\n"
    assert lasting(run / "report.html") == before


@pytest.mark.parametrize(("images", "count"), [("2", 2), ("0", 0), ("none", 0), ("all", 5)])
def test_how_many_pictures(gonogo, run, bottle, tmp_path, images, count):
    assert gonogo("report", run, "--images", images).exit_code == 0
    assert len(pictures(run / "report.html")["bottle"]) == count
    other = tmp_path / "other"
    assert gonogo("evaluate", *bottle, "--out", other, "--images", images).exit_code == 0
    assert len(pictures(other / "report.html")["bottle"]) == count


@pytest.mark.parametrize("images", ["-1", "some", "1.5", "²"])
def test_no_number_of_pictures(gonogo, run, bottle, tmp_path, images):
    for words in (("report", run), ("evaluate", *bottle, "--out", tmp_path / "other")):
        said = gonogo(*words, f"--images={images}")
        assert said.exit_code == 2
        assert "expected a number of images, all or none" in said.stderr
    assert not (tmp_path / "other").exists()


def test_without_a_report(gonogo, bottle, tmp_path):
    out = tmp_path / "run"
    assert gonogo("evaluate", *bottle, "--out", out, "--no-report").exit_code == 0
    assert not (out / "report.html").exists()
    for words in (["--images", "3"], ["--photographs", tmp_path]):
        refused = gonogo("evaluate", *bottle, *words)
        assert refused.exit_code == 2
        assert "without --out; there is no report" in refused.stderr
        refused = gonogo("evaluate", *bottle, "--out", tmp_path / "b", "--no-report", *words)
        assert "with --no-report; there is no report" in refused.stderr


def test_an_old_report_does_not_outlive_its_run(gonogo, run, bottle):
    assert (run / "report.html").exists()
    words = ("evaluate", *bottle, "--out", run, "--force", "--no-report")
    assert gonogo(*words).exit_code == 0
    assert not (run / "report.html").exists()
    (run / "report.html").write_text("old")
    library.evaluate_folder(*bottle).save(run, force=True)
    assert not (run / "report.html").exists()


def test_moved_data_are_named(gonogo, run, bottle, tmp_path):
    for folder in bottle:
        shutil.move(folder, tmp_path / f"moved_{folder.name}")
    before = (run / "report.html").read_bytes()
    kept = gonogo("report", run)
    assert kept.exit_code == 2
    assert "kept as it is, for it has pictures" in kept.stderr
    assert (run / "report.html").read_bytes() == before
    said = gonogo("report", run, "--force")
    assert said.exit_code == 0
    assert "note: no pictures, because the images are not where they were" in said.stderr
    assert pictures(run / "report.html") == {"bottle": {}}
    assert gonogo("report", run).exit_code == 0  # there is nothing to lose any more
    assert pictures(run / "report.html") == {"bottle": {}}
    places = ("--maps", tmp_path / "moved_model", "--ground-truth", tmp_path / "moved_bottle")
    assert gonogo("report", run, *places).exit_code == 0
    refused = gonogo("report", run, "--maps", tmp_path / "nowhere")
    assert refused.exit_code == 2


def test_links_lead_to_the_files(gonogo, bottle, tmp_path):
    out = tmp_path / "deep" / "a b" / "run"
    assert gonogo("evaluate", *bottle, "--out", out, "--quiet").exit_code == 0
    rows = inside(out / "report.html")["categories"]["bottle"]["rows"]
    assert all(not link.startswith("/") for link in rows["link"])
    found = [(out / link.replace("%20", " ")).resolve() for link in rows["link"]]
    assert all(path.is_file() for path in found)
    assert found[0] == (bottle[1] / "test/good/000.png").resolve()


def plain(bottle, tmp_path):
    maps, truth, photographs = (tmp_path / name for name in ("maps", "masks", "pictures"))
    for folder in (maps, truth, photographs):
        folder.mkdir()
    for k, name in enumerate(("good/000", "hole/000", "scratch/000")):
        shutil.copy(bottle[0] / "test" / f"{name}.tiff", maps / f"{k}.tiff")
        Image.new("RGB", (16, 12), (k, 0, 0)).save(photographs / f"{k}.jpg")
        if k:
            shutil.copy(bottle[1] / "ground_truth" / f"{name}_mask.png", truth / f"{k}.png")
    return maps, truth, photographs


def test_photographs_of_the_plain_layout(gonogo, bottle, tmp_path):
    maps, truth, photographs = plain(bottle, tmp_path)
    out = tmp_path / "run"
    assert gonogo("evaluate", maps, truth, "--out", out).exit_code == 0
    (before,) = pictures(out / "report.html").values()
    assert not any("photograph" in one for one in before.values())
    for words in (("report", out), ("evaluate", maps, truth, "--out", out, "--force")):
        assert gonogo(*words, "--photographs", photographs).exit_code == 0
        (after,) = pictures(out / "report.html").values()
        assert all("photograph" in one for one in after.values())
    refused = gonogo("report", out, "--photographs", tmp_path / "nowhere")
    assert refused.exit_code == 2
    assert "there is no folder" in refused.stderr


def test_another_file_is_kept_without_force(gonogo, run, tmp_path):
    page = tmp_path / "page.html"
    assert gonogo("report", run, "--out", page).exit_code == 0
    refused = gonogo("report", run, "--out", page)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert gonogo("report", run, "--out", page, "--force", "--quiet").output == ""
    assert "found a folder" in gonogo("report", run, "--out", tmp_path).stderr


def without(name, run):
    document = json.loads((run / "results.json").read_text("utf-8"))
    del document[name]
    (run / "results.json").write_text(json.dumps(document), "utf-8")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (shutil.rmtree, "there is no such folder"),
        (lambda run: (run / "curves.npz").unlink(), "found no curves.npz"),
        (lambda run: (run / "curves.npz").write_bytes(b"PK"), "cannot read the curves"),
        (lambda run: (run / "images.csv").write_text("a,b\n1,2\n"), "found no column 'category'"),
        (lambda run: (run / "results.json").write_text("{}"), "another kind of file"),
        (partial(without, "created"), "created: found none; expected one"),
        (partial(without, "settings"), "found a damaged file of a run (no entry 'settings')"),
        (partial(without, "mean"), "mean: found none; expected one"),
    ],
)
def test_what_is_no_run(gonogo, run, damage, says):
    damage(run)
    refused = gonogo("report", run)
    assert refused.exit_code == 2
    assert says in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_damaged_photograph_costs_its_picture_alone(gonogo, bottle, tmp_path):
    (bottle[1] / "test/good/000.png").write_bytes(b"no picture")
    assert gonogo("evaluate", *bottle, "--out", tmp_path / "run").exit_code == 0
    found = pictures(tmp_path / "run" / "report.html")["bottle"]
    assert [place for place, one in found.items() if "problem" in one] == ["0"]
    assert "good/000.png" in found["0"]["problem"]
    assert "heat" in found["0"]


def test_runs_of_a_settings_file_have_one_too(gonogo, bottle, tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text(f"maps: {bottle[0]}\nground_truth: {bottle[1]}\nout: {tmp_path / 'run'}\n")
    assert gonogo("evaluate", "--config", settings, "--images", "3").exit_code == 0
    assert len(pictures(tmp_path / "run" / "report.html")["bottle"]) == 3
    assert gonogo("report", tmp_path / "run", "--images", "all").exit_code == 0
    assert len(pictures(tmp_path / "run" / "report.html")["bottle"]) == 5


@pytest.fixture
def settled(bottle, tmp_path):
    """Settings with a threshold at each level that is not of the best F1."""
    path = tmp_path / "settled.yaml"
    path.write_text(
        f"maps: {bottle[0]}\nground_truth: {bottle[1]}\n"
        "threshold: {image: manual=0.9, pixel: fpr<=0.01}\n"
    )
    return path


def test_the_page_begins_with_the_thresholds_of_the_settings(gonogo, settled, tmp_path):
    out = tmp_path / "run"
    said = gonogo("evaluate", "--config", settled, "--out", out)
    assert said.exit_code == 0
    assert "manual=0.9: score" in said.stdout
    fresh = lasting(out / "report.html")
    part = fresh["categories"]["bottle"]
    for level, policy in (("image", "manual=0.9"), ("pixel", "fpr<=0.01")):
        threshold = library.Threshold.load(out / f"threshold-{level}.json")
        first = part["presets"][level][0]
        assert (first["policy"], first["threshold"]) == (policy, threshold.value)
        assert first["says"].startswith("settled for this run; ")
        assert part["start"][level] == threshold.value
    stops = part["stops"]
    place = stops["threshold"].index(threshold.value)
    assert stops["true_positives"][place] == threshold.achieved.recall.count
    assert stops["false_positives"][place] == threshold.achieved.fpr.count
    assert stops["threshold"] == sorted(stops["threshold"], reverse=True)
    assert gonogo("report", out).exit_code == 0
    assert lasting(out / "report.html") == fresh
    loaded = library.load(out)
    assert loaded.categories["bottle"].thresholds["pixel"] == threshold
    assert "manual=0.9: score ≥ 0.9" in loaded._repr_html_()
    figures = {"roc": library.plot.roc(loaded), "histogram": library.plot.histogram(out)}
    for axes in figures.values():
        told = " ".join(text.get_text() for text in axes.get_legend().get_texts())
        assert "manual=0.9: score ≥ 0.9" in told
        assert "best F1" not in told


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_each_category_begins_with_its_own(gonogo, several, tmp_path, mode):
    settings, out = tmp_path / "settings.yaml", tmp_path / "run"
    folders = f"maps: {several[0]}\nground_truth: {several[1]}\n"
    settings.write_text(f"{folders}mode: {mode}\nthreshold: {{image: recall>=1, pixel: 0.77}}\n")
    said = gonogo("evaluate", "--config", settings, "--out", out)
    assert said.exit_code == 0, said.output
    fresh = lasting(out / "report.html")
    assert len(fresh["categories"]) > 1
    for name, part in fresh["categories"].items():
        threshold = library.Threshold.load(out / name / "threshold-image.json")
        assert part["start"]["image"] == threshold.value
        assert part["presets"]["pixel"][0]["policy"] == "manual=0.77"
        assert part["start"]["pixel"] in part["stops"]["threshold"]
        if mode == "exact":
            assert part["start"]["pixel"] == 0.77
    assert gonogo("report", out).exit_code == 0
    assert lasting(out / "report.html") == fresh


def test_a_threshold_of_the_other_level_is_refused(gonogo, settled, tmp_path):
    out = tmp_path / "run"
    assert gonogo("evaluate", "--config", settled, "--out", out).exit_code == 0
    shutil.copy(out / "threshold-image.json", out / "threshold-pixel.json")
    refused = gonogo("report", out)
    assert refused.exit_code == 2
    assert "threshold-pixel.json: found a threshold for images; expected one" in refused.stderr


def test_settings_ask_for_figures_and_pictures(gonogo, settled, tmp_path):
    settled.write_text(f"{settled.read_text()}figures: svg\npictures: simple\n")
    out = tmp_path / "run"
    assert gonogo("evaluate", "--config", settled, "--out", out).exit_code == 0
    assert {path.name for path in (out / "figures").iterdir()} >= {"roc.svg", "histogram.svg"}
    assert len([path for path in (out / "images").rglob("*.*") if path.is_file()]) == 5


@pytest.mark.parametrize("form", ["folders", "settings"])
def test_a_full_disk_costs_the_report_alone(gonogo, settled, bottle, tmp_path, monkeypatch, form):
    def full(path, _):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    out = tmp_path / "run"
    words = bottle if form == "folders" else ("--config", settled)
    with monkeypatch.context() as patched:
        patched.setattr("gonogo.report.write.write_whole", full)
        said = gonogo("evaluate", *words, "--out", out)
    assert said.exit_code == 2
    assert "AUROC" in said.stdout
    assert f"wrote {out / 'results.json'}" in said.stdout
    assert "No space left on device" in said.stderr
    assert f"all but the report is written, and gonogo report {out} makes it" in said.stderr
    assert gonogo("report", out).exit_code == 0
    assert len(pictures(out / "report.html")["bottle"]) == 5


def test_the_page_names_its_command(run):
    text = (run / "report.html").read_text("utf-8")
    assert re.search(r"<pre[^>]*>gonogo.*</pre>", text)
