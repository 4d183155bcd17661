"""``gonogo evaluate --config``: both forms of file, from the file to the table and the files."""

from __future__ import annotations

import json
import re

import pytest

import gonogo as library

DEFECTS = ("copper", "mousebite", "open", "pinhole", "short", "spur")


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def anomalib(tmp_path, data, **lines):
    """Settings in anomalib's form for the small data set; ``lines`` by section."""
    sections = {
        "dataset": f"""
  format: folder
  path: {data}
  abnormal_dir: [test/hole, test/scratch]
  normal_test_dir: test/good
  mask: ground_truth
  image_size: 256
""",
        "metrics": "{image: [F1Score, AUROC], pixel: [F1Score, AUPRO@0.05]}",
        "project": f"{{path: {tmp_path / 'results'}}}",
        **lines,
    }
    text = "".join(f"{name}: {value}\n" for name, value in sections.items())
    return written(tmp_path / "config.yaml", text)


def words(result):
    return " ".join(result.stdout.split())


def test_settings_as_published_on_deeppcb(
    gonogo, deeppcb, published_settings, tmp_path, monkeypatch
):
    """With the paths pointed at the boards and their six defects."""
    monkeypatch.chdir(tmp_path)
    text = published_settings
    for before, after in (
        ("./datasets/toothbrush", str(deeppcb)),
        ("./test/defective", str([f"./test/{defect}" for defect in DEFECTS])),
        ("./ground_truth/defective", "./ground_truth"),
    ):
        assert before in text
        text = text.replace(before, after)
    file = written(tmp_path / "config.yaml", text)
    wide = {"COLUMNS": "100"}
    result = gonogo("evaluate", deeppcb / "maps/difference", "--config", file, env=wide)
    assert result.exit_code == 0, result.output
    run = library.evaluate_folder(deeppcb / "maps/difference", deeppcb)
    expected = []
    for level in (run.categories["deeppcb"].image, run.categories["deeppcb"].pixel):
        best = level.f1_max
        expected += [best.value, level.auroc, best.precision, best.recall]
    numbers = " ".join(f"{value:.4f}" for value in expected)
    names = "F1Score AUROC Precision Recall"
    assert f"category {names} {names}" in words(result)
    assert f"toothbrush {numbers} " in words(result)
    assert numbers.startswith("0.9802 0.9711 ")
    assert "toothbrush pixel f1 0.5641138 0.5 " in words(result)
    out = tmp_path / "results/patchcore/metrics"
    assert {"results.json", "threshold-image.json", "threshold-pixel.json"} <= {
        path.name for path in out.iterdir()
    }
    assert len(list((out / "images").rglob("*.png"))) == 168
    (note,) = result.stderr.splitlines()
    assert note.startswith(
        f"gonogo: note: {file}: passed over, of no use to an evaluation: dataset"
    )
    assert note.endswith("logging, optimization, trainer")


def test_thresholds_that_are_written_decide_as_evaluate_does(gonogo, bottle, tmp_path):
    maps, data = bottle
    result = gonogo("evaluate", maps, "--config", anomalib(tmp_path, data))
    assert result.exit_code == 0, result.output
    threshold = library.Threshold.load(tmp_path / "results/threshold-image.json")
    images = (tmp_path / "results/images.csv").read_text().splitlines()[1:]
    scores = [float(line.split(",")[3]) for line in images]
    labels = [line.split(",")[2] == "1" for line in images]
    flagged = threshold.decide(scores)
    found = sum(bool(flag) and label for flag, label in zip(flagged, labels, strict=True))
    assert found == threshold.achieved.recall.count
    best = library.evaluate_folder(*bottle).categories["bottle"].image.f1_max
    assert (threshold.value, threshold.achieved.precision.value) == (best.threshold, best.precision)


def test_manual_thresholds(gonogo, bottle, tmp_path):
    maps, data = bottle
    metrics = """
  image: [F1Score, Precision, Recall]
  pixel: [F1Score]
  threshold: {method: manual, manual_image: 1.2, manual_pixel: 0.0}
"""
    file = anomalib(tmp_path, data, metrics=metrics)
    result = gonogo("evaluate", maps, "--config", file, "--json", "--quiet")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)["categories"]["bottle"]
    assert document["image"]["at_threshold"][0]["threshold"] == 1.2
    assert document["pixel"]["at_threshold"][0]["recall"] == 1.0
    table = gonogo("evaluate", maps, "--config", file, "--force")
    one = document["image"]["at_threshold"][0]
    shown = " ".join(f"{one[name]:.4f}" for name in ("f1", "precision", "recall"))
    assert f"bottle {shown} " in words(table)


def test_classification_needs_no_masks(gonogo, bottle, tmp_path):
    maps, data = bottle
    dataset = f"{{path: {data}, abnormal_dir: test/hole, normal_test_dir: test/good, "
    file = anomalib(tmp_path, data, dataset=dataset + "task: classification, name: hole}")
    result = gonogo("evaluate", maps, "--config", file)
    assert result.exit_code == 0, result.output
    assert "pixel" not in result.stdout
    assert result.stdout.splitlines()[3].startswith("hole ")


def test_out_comes_before_the_path_of_the_project(gonogo, bottle, tmp_path):
    maps, data = bottle
    file = anomalib(tmp_path, data)
    result = gonogo("evaluate", maps, "--config", file, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "run/results.json").exists()
    assert not (tmp_path / "results").exists()
    assert f"wrote {tmp_path / 'run/threshold-pixel.json'}" in result.stdout.splitlines()


def test_an_earlier_run_is_kept_without_force(gonogo, bottle, tmp_path):
    maps, data = bottle
    file = anomalib(tmp_path, data)
    assert gonogo("evaluate", maps, "--config", file).exit_code == 0
    before = (tmp_path / "results/results.json").read_bytes()
    refused = gonogo("evaluate", maps, "--config", file)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert (tmp_path / "results/results.json").read_bytes() == before
    assert gonogo("evaluate", maps, "--config", file, "--force").exit_code == 0


def test_arguments_may_stand_in_the_file(gonogo, bottle, tmp_path):
    maps, data = bottle
    own = written(tmp_path / "own.yaml", f"maps: {maps}\nground_truth: {data}\n")
    both = gonogo("evaluate", "--config", own)
    assert both.exit_code == 0, both.output
    assert both.stdout == gonogo("evaluate", *bottle).stdout
    settings = anomalib(tmp_path, "elsewhere", maps=str(maps))
    pointed = gonogo("evaluate", maps, data, "--config", settings)
    assert pointed.exit_code == 0, pointed.output


def test_options_come_before_the_file(gonogo, bottle, tmp_path):
    maps, data = bottle
    text = f"maps: {maps}\nground_truth: {data}\nfpr_limits: [0.1]\nconnectivity: 4\n"
    own = written(tmp_path / "own.yaml", text)
    result = gonogo("evaluate", "--config", own, "--fpr-limit", "0.2", "--json")
    document = json.loads(result.stdout)
    assert document["settings"]["fpr_limits"] == [0.2]
    assert document["settings"]["connectivity"] == 4


def test_own_settings_with_metrics_and_policies(gonogo, bottle, tmp_path):
    maps, data = bottle
    text = f"""
maps: {maps}
ground_truth: {data}
metrics: {{image: [auroc], pixel: [aupro@0.1, recall]}}
threshold: {{image: recall>=1, pixel: fpr<=0.1}}
normalization: divide_by_threshold
"""
    result = gonogo("evaluate", "--config", written(tmp_path / "own.yaml", text))
    assert result.exit_code == 0, result.output
    numbers = library.evaluate_folder(*bottle, fpr_limits=0.1).categories["bottle"]
    table = words(result)
    assert "category auroc aupro@0.1 recall" in table
    assert f"bottle {numbers.image.auroc:.4f} {numbers.pixel.aupro[0.1]:.4f} " in table
    assert "bottle image recall>=1 " in table
    assert "bottle pixel fpr<=0.1 " in table
    assert "wrote" not in table


def test_a_narrow_terminal_gets_a_table_for_each_level(gonogo, bottle, tmp_path):
    maps, data = bottle
    metrics = """
  image: [F1Score, AUROC, Precision, Recall, Specificity]
  pixel: [F1Score, AUROC, Precision, Recall, JaccardIndex]
"""
    words = ["evaluate", maps, "--config", anomalib(tmp_path, data, metrics=metrics), "--force"]
    wide, narrow = (gonogo(*words, env={"COLUMNS": width}) for width in ("120", "75"))
    assert max(len(line) for line in narrow.stdout.splitlines() if "wrote" not in line) <= 75
    numbers = [set(re.findall(r"\d\.\d{4}", one.stdout)) for one in (wide, narrow)]
    assert numbers[0] == numbers[1]
    assert [line.split()[-1] for line in narrow.stdout.splitlines() if "F1Score" in line] == [
        "Specificity",
        "JaccardIndex",
    ]


def test_how_many_images_there_are_is_shown_beside_the_metrics(gonogo, bottle, tmp_path):
    maps, data = bottle
    assert "bottle 3 2 " in words(gonogo("evaluate", maps, "--config", anomalib(tmp_path, data)))


def test_rates_that_the_file_or_the_command_line_names(gonogo, bottle, tmp_path):
    maps, data = bottle
    text = f"maps: {maps}\nground_truth: {data}\n"
    plain = written(tmp_path / "plain.yaml", text)
    named = written(tmp_path / "named.yaml", text + "at_fpr: [0.1]\nat_recall: 0.9\n")
    options = ("--at-fpr", "0.1", "--at-recall", "0.9")
    every = gonogo("evaluate", *bottle, *options)
    assert "true-positive rate at given FPR" in every.stdout
    assert gonogo("evaluate", "--config", named).stdout == every.stdout
    assert gonogo("evaluate", "--config", plain, *options).stdout == every.stdout
    other = gonogo("evaluate", "--config", named, "--at-fpr", "0.5", "--json")
    assert json.loads(other.stdout)["settings"]["at_fpr"] == [0.5]
    assert "given" not in gonogo("evaluate", "--config", plain).stdout


@pytest.mark.parametrize("place", ["model", "model/run", "bottle/test/good"])
def test_results_do_not_go_where_the_data_is(gonogo, bottle, tmp_path, place):
    maps, data = bottle
    before = sorted(tmp_path.rglob("*"))
    result = gonogo(
        "evaluate", maps, "--config", anomalib(tmp_path, data), "--out", tmp_path / place
    )
    assert result.exit_code == 2
    assert f"{tmp_path / place}: cannot write there (it is in " in result.stderr
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "config.yaml"])


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("model/pictures", "cannot write there (it is in "),
        ("kept", "found files where pictures are to go; name another folder, or .* with --force"),
        ("config.yaml", "config.yaml is not a folder"),
    ],
)
def test_pictures_take_no_place_of_others(gonogo, bottle, tmp_path, place, says):
    maps, data = bottle
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/mine.png").touch()
    shown = f"{{save_images: true, image_save_path: {tmp_path / place}}}"
    file = anomalib(tmp_path, data, visualization=shown)
    result = gonogo("evaluate", maps, "--config", file)
    assert result.exit_code == 2, result.output
    assert re.search(re.escape(says).replace(r"\.\*", ".*"), result.stderr)
    assert not (tmp_path / "results").exists()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["mine.png"]


def test_quiet(gonogo, bottle, tmp_path):
    maps, data = bottle
    result = gonogo("evaluate", maps, "--config", anomalib(tmp_path, data), "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "results/results.json").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("maps: [x\n", "own.yaml, line 2, column 1: cannot read this as YAML: "),
        (
            "maps: x\nground_truth: y\nfpr_limit: 1\n",
            "own.yaml, line 3: fpr_limit: unknown key; did",
        ),
        (
            "dataset:\n  path: x\n  taks: y\n",
            "own.yaml, line 3: dataset.taks: unknown key; did you",
        ),
        ("maps: nowhere\nground_truth: nowhere\n", "maps: there is no folder nowhere"),
    ],
)
def test_what_is_wrong_with_the_file_is_one_line(gonogo, tmp_path, text, says):
    file = written(tmp_path / "own.yaml", text)
    result = gonogo("evaluate", "--config", file, "--out", tmp_path / "run")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("gonogo: error: ")
    assert says in line
    assert not (tmp_path / "run").exists()


def test_without_a_file_both_folders_are_needed(gonogo, tmp_path):
    for given, missing in (((), "MAPS"), ((tmp_path,), "GROUND_TRUTH")):
        result = gonogo("evaluate", *given)
        assert result.exit_code == 2
        assert f"gonogo: error: {missing}: found none; expected two folders" in result.stderr
        assert "--config FILE.yaml" in result.stderr
