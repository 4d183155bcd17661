"""Scores without maps: files of scores go through every command."""

from __future__ import annotations

import json
import re

import pytest

from gonogo import evaluate_table, load

TEXT = (
    "file;category;score;result\n"
    "a.png;left;1,5;OK\nb.png;left;2,5;NG\nc.png;left;0,5;OK\n"
    "a.png;right;7,5;NG\nb.png;right;7;OK\n"
)


@pytest.fixture
def scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(TEXT)
    return path


def test_a_file_of_scores_is_evaluated(gonogo, tmp_path, scores):
    out = tmp_path / "run"
    result = gonogo("evaluate", scores, "--out", out, "--image-threshold", "2.5")
    assert result.exit_code == 0, result.stderr
    assert "labels from 'result' (2 of 5 anomalous)" in result.stderr
    names = {"images.csv", "curves.npz", "metrics.json", "results.json", "report.html"}
    assert {path.name for path in out.iterdir()} == names
    run = load(out)
    assert run == evaluate_table(scores, image_thresholds=2.5)
    left = run.categories["left"]
    assert left.pixel is None
    assert (left.image.auroc, left.image.f1_max.threshold) == (1.0, 2.5)
    assert left.image.at_threshold[2.5].recall == 1.0
    assert run.settings.image_score == "given"


def test_its_folder_is_a_run(gonogo, tmp_path, scores):
    out = tmp_path / "run"
    assert gonogo("evaluate", scores, "--out", out, "--quiet").exit_code == 0
    again = gonogo("report", out)
    assert (again.exit_code, again.stderr) == (0, "")
    chosen = ("--policy", "f1", "--category", "right", "--json")
    values = [
        json.loads(gonogo("threshold", source, *chosen).stdout)["threshold"]["value"]
        for source in (out, scores)
    ]
    assert values == [7.5, 7.5]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resize", "bilinear"], "--resize: found it for"),
        (["--workers", "2"], "--workers: found it for"),
        (["--pictures", "full"], "--pictures: found it for"),
        (["."], "a file of scores, and a GROUND_TRUTH; give the file alone"),
        (["--category", "top"], "--category: found no scores for top; left, right is there"),
        (["--column", "label=none"], "no column of labels, .* with --column label=NAME"),
        (["--column", "label"], "--column: found 'label'; expected once for each"),
    ],
)
def test_what_has_no_use_for_a_table(gonogo, scores, options, message):
    result = gonogo("evaluate", scores, *options)
    assert result.exit_code == 2
    assert re.search(message, result.stderr)


@pytest.mark.parametrize("column", ["gt", "y_true", "class", "ground_truth", "defect"])
def test_labels_of_any_usual_name_are_seen(gonogo, tmp_path, column):
    path = tmp_path / "scores.csv"
    path.write_text(f"file,score,{column}\na.png,1.0,0\nb.png,9.0,1\nc.png,0.5,0\nd.png,8.0,1\n")
    result = gonogo("threshold", path, "--policy", "max", "--json")
    assert json.loads(result.stdout)["threshold"]["value"] == 1.0000000000000002
    assert f"labels from '{column}' (2 of 4 anomalous)" in result.stderr


def test_labels_that_are_not_certain_are_refused_with_an_option(gonogo, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("file,score,state\na,1,u\nb,2,v\nc,3,u\n")
    result = gonogo("threshold", path, "--policy", "max")
    assert result.exit_code == 2
    assert "name it with --column label=state, or say" in result.stderr
    assert "every image is normal with --column label=none" in result.stderr
    assert gonogo("threshold", path, "--policy", "max", "--column", "label=none").exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "image;score;label\na;1,5;0\nb;2,5;1\nc;0,5;0\n",
        "sep=;\nimage;score;label\na;1.5;0\nb;2.5;1\nc;0.5;0\n",
    ],
)
def test_files_of_a_european_spreadsheet(gonogo, tmp_path, text):
    path = tmp_path / "scores.csv"
    path.write_text(text)
    result = gonogo("threshold", path, "-p", "f1", "--json")
    assert json.loads(result.stdout)["threshold"]["value"] == 2.5
