"""``gonogo evaluate`` prints tables or JSON, and writes files only where it is told to."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

import gonogo as library
from gonogo.shown import shown_threshold

FILES = ["curves.npz", "images.csv", "metrics.json", "report.html", "results.json"]


def tree(folder):
    return sorted(path for path in folder.rglob("*"))


def test_the_table(gonogo, bottle, tmp_path):
    before = tree(tmp_path)
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["image", "pixel"]
    assert (
        " ".join(lines[1].split()) == "category AUROC AP F1max AUROC AP F1max AUPRO@0.3 AUPRO@0.05"
    )
    row = lines[3].split()
    numbers = library.evaluate_folder(*bottle).categories["bottle"]
    assert row[0] == "bottle"
    assert row[1] == f"{numbers.image.auroc:.4f}"
    assert row[7] == f"{numbers.pixel.aupro[0.3]:.4f}"
    assert lines[5].split() == ["images", "F1max", "at", ">=", "pixels"]
    both = (numbers.image.f1_max, numbers.pixel.f1_max)
    best = [shown_threshold(one.threshold, one.next_lower) for one in both]
    assert lines[8].split() == ["bottle", "3", "2", *best, "exact"]
    assert tree(tmp_path) == before


def test_several_categories_have_a_mean(gonogo, several):
    result = gonogo("evaluate", *several)
    lines = result.stdout.splitlines()
    assert sum(line.startswith("mean") for line in lines) == 1
    assert max(map(len, lines)) <= 80
    assert lines[1].split() == ["AUPRO", "AUPRO"]
    assert lines[2].split()[-2:] == ["@0.3", "@0.05"]
    only = gonogo("evaluate", *several, "--category", "bottle").stdout
    assert "mean" not in only
    assert "long" not in only


def test_by_defect(gonogo, bottle):
    result = gonogo("evaluate", *bottle, "--by-defect")
    table = result.stdout.partition("bottle, by defect")[2].partition("image scores")[0]
    assert [line.split()[0] for line in table.splitlines() if line][-3:] == [
        "hole",
        "scratch",
        "all",
    ]
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_by_defect_without_defect_types(gonogo, bottle, tmp_path):
    maps, truth = tmp_path / "plain", tmp_path / "masks"
    truth.mkdir()
    (bottle[0] / "test/hole").rename(maps)
    (bottle[1] / "ground_truth/hole/000_mask.png").rename(truth / "000.png")
    (bottle[0] / "test/good/001.tiff").rename(maps / "001.tiff")
    assert "plain, by defect: none; " in gonogo("evaluate", maps, truth, "--by-defect").stdout
    assert "by defect" not in gonogo("evaluate", maps, truth).stdout


def test_a_narrow_terminal_gets_a_table_for_each_level(gonogo, several):
    wide = gonogo("evaluate", *several).stdout
    narrow = gonogo("evaluate", *several, "--by-defect", env={"COLUMNS": "60"}).stdout
    assert max(map(len, narrow.splitlines())) <= 60
    numbers = [set(re.findall(r"\d\.\d{4}", text)) for text in (wide, narrow)]
    assert numbers[0] <= numbers[1]
    assert [line.split() for line in narrow.splitlines() if "AUROC" in line][:2] == [
        ["category", "AUROC", "AP", "F1max"],
        ["category", "AUROC", "AP", "F1max", "AUPRO@0.3", "AUPRO@0.05"],
    ]


def test_numbers_are_never_cut(gonogo, bottle):
    limits = [word for limit in (0.3, 0.1, 0.05, 0.01) for word in ("--fpr-limit", limit)]
    result = gonogo("evaluate", *bottle, *limits, env={"COLUMNS": "40"})
    assert "…" not in result.stdout
    assert "AUPRO@0.01" in result.stdout


def test_thresholds(gonogo, bottle):
    words = ["--image-threshold", "1.2", "--pixel-threshold", "0.5", "--pixel-threshold", "0"]
    result = gonogo("evaluate", *bottle, *words)
    assert result.exit_code == 0, result.output
    numbers = library.evaluate_folder(
        *bottle, image_thresholds=[1.2], pixel_thresholds=[0.5, 0.0]
    ).categories["bottle"]
    text = " ".join(result.stdout.split())
    image = numbers.image.at_threshold[1.2]
    assert f"bottle 1.2 {image.true_positives} {image.false_positives} " in text
    for threshold, pixel in numbers.pixel.at_threshold.items():
        assert f"bottle {threshold:g} {pixel.precision:.4f} {pixel.recall:.4f} " in text


def printed(point):
    return shown_threshold(point.threshold, point.next_lower)


def test_rates(gonogo, bottle):
    words = ["--at-fpr", "0", "--at-fpr", "0.1", "--at-recall", "0.9"]
    result = gonogo("evaluate", *bottle, *words)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 80
    text = " ".join(result.stdout.split())
    numbers = library.evaluate_folder(*bottle, at_fpr=(0, 0.1), at_recall=0.9).categories["bottle"]
    for name, level in (("image", numbers.image), ("pixel", numbers.pixel)):
        for fpr, point in level.tpr_at_fpr.items():
            assert f"bottle {name} {fpr:g} {point.value:.4f} {printed(point)}" in text
        fpr, precision = level.fpr_at_tpr[0.9], level.precision_at_recall[0.9]
        assert f"bottle {name} 0.9 {fpr.value:.4f} {printed(fpr)} {precision.value:.4f}" in text
    assert "given" not in gonogo("evaluate", *bottle).stdout


def test_options_reach_the_evaluation(gonogo, bottle, tmp_path):
    scores = tmp_path / "scores.csv"
    names = ("good/000", "good/001", "hole/000", "scratch/000", "scratch/001")
    scores.write_text(
        "image,score\n" + "".join(f"{name}.png,{i}\n" for i, name in enumerate(names))
    )
    words = ["--connectivity", "4", "--resize", "bilinear", "--fpr-limit", "0.2"]
    result = gonogo("evaluate", *bottle, "--json", "--image-score", scores, *words)
    document = json.loads(result.stdout)
    assert document["settings"]["connectivity"] == 4
    assert document["settings"]["resize"] == "bilinear"
    assert document["settings"]["fpr_limits"] == [0.2]
    assert document["categories"]["bottle"]["image"]["f1_max"]["threshold"] == 2.0
    result = gonogo("evaluate", *bottle, "--json", "--image-score", "top-5")
    assert json.loads(result.stdout)["settings"]["image_score"] == "top-5"


def test_json_is_the_document_and_nothing_else(gonogo, bottle, tmp_path):
    result = gonogo("evaluate", *bottle, "--json", "--out", tmp_path / "run")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    saved = json.loads((tmp_path / "run/results.json").read_text())
    same = printed.keys() - {"created", "seconds"}
    assert {key: printed[key] for key in same} == {key: saved[key] for key in same}
    assert printed["schema"] == "gonogo.results"


def test_files(gonogo, bottle, tmp_path):
    out = tmp_path / "deep/er/run"
    result = gonogo("evaluate", *bottle, "--out", out)
    assert result.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == FILES
    written = [line for line in result.stdout.splitlines() if line.startswith("wrote ")]
    assert sorted(written) == [f"wrote {out / name}" for name in FILES]


def test_an_earlier_run_is_kept_without_force(gonogo, bottle, tmp_path):
    out = tmp_path / "run"
    assert gonogo("evaluate", *bottle, "--out", out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    refused = gonogo("evaluate", *bottle, "--out", out, "--fpr-limit", "0.1")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert gonogo("evaluate", *bottle, "--out", out, "--fpr-limit", "0.1", "--force").exit_code == 0
    assert json.loads((out / "results.json").read_text())["settings"]["fpr_limits"] == [0.1]


def test_quiet(gonogo, bottle, tmp_path):
    result = gonogo("evaluate", *bottle, "--quiet", "--out", tmp_path / "run")
    assert result.exit_code == 0
    assert result.output == ""
    assert (tmp_path / "run/results.json").exists()
    assert gonogo("evaluate", *bottle, tmp_path, "--quiet").stderr != ""


def make_normal(bottle):
    for path in (bottle[1] / "ground_truth").rglob("*.png"):
        Image.new("L", (16, 12)).save(path)


def test_what_is_undefined_is_told_with_its_reason(gonogo, bottle):
    make_normal(bottle)
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 0
    assert "undefined in bottle: pixel (auroc, average_precision, " in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "by_defect" not in result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(
        "gonogo: warning: bottle: masks: 3 anomalous image(s) have an em"
    )
    assert "by_defect[hole]" in gonogo("evaluate", *bottle, "--by-defect").stdout


def test_warnings_are_lines_on_stderr(gonogo, bottle):
    make_normal(bottle)
    result = gonogo("evaluate", *bottle, "--json")
    assert json.loads(result.stdout)["categories"]["bottle"]["pixel"]["auroc"] is None
    assert "gonogo: warning: bottle: undefined: " in result.stderr
    assert all(line.startswith("gonogo: warning: ") for line in result.stderr.splitlines())
    assert gonogo("evaluate", *bottle, "--json", "--quiet").stderr == ""


def test_a_progress_bar_for_a_person(gonogo, bottle):
    result = gonogo("evaluate", *bottle, "--json", env={"FORCE_COLOR": "1"})
    assert "5/5" in result.stderr
    json.loads(result.stdout)
    assert gonogo("evaluate", *bottle, "--quiet", env={"FORCE_COLOR": "1"}).stderr == ""


@pytest.mark.parametrize("name", ["[bold]", "[/]", "a [link=x]"])
def test_names_are_no_markup(gonogo, bottle, tmp_path, name):
    maps, truth = bottle
    folder = tmp_path / name.replace("/", "_")
    truth.rename(folder)
    lines = gonogo("evaluate", maps, folder).stdout.splitlines()
    assert [line.startswith(folder.name) for line in lines[:5]].count(True) == 1
