"""Settings of anomalib 0.x: what each key means here, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.config import load_job
from gonogo.config.anomalib import SECTIONS, TRAINING
from gonogo.config.folders import NamedFolders
from gonogo.config.job import Pictures
from gonogo.config.layouts import KnownLayout
from gonogo.errors import InputError
from gonogo.types import FolderOptions, Settings


def labels(job, level):
    return [metric.label for metric in job.metrics[level]]


def test_settings_of_a_folder(settings):
    job = load_job(settings(), maps="maps")
    assert job.maps == Path("maps")
    assert job.source == NamedFolders(
        name="cap",
        root=Path("data/cap"),
        normal=("./train/good",),
        anomalous=("./test/cracked",),
        normal_test=("./test/good",),
        masks=("./ground_truth/cracked",),
    )
    assert labels(job, "image") == ["F1Score", "AUROC", "Recall"]
    assert labels(job, "pixel") == ["AUROC", "F1Score", "Precision", "Recall"]
    assert job.policies == {"image": "f1", "pixel": "f1"}
    assert job.settings == Settings()
    assert job.pixels
    assert job.scale == "min_max"
    assert job.pictures == Pictures("full", None)
    assert job.out == Path("runs/caps")
    assert job.seed == 7


def test_keys_of_training_are_named_and_passed_over(settings):
    job = load_job(settings(), maps="maps")
    assert {"trainer", "logging", "optimization"} <= set(job.passed_over)
    assert {"model.backbone", "dataset.image_size", "dataset.tiling"} <= set(job.passed_over)
    read = {f"{section}.{key}" for section, keys in SECTIONS.items() for key in keys}
    assert read.isdisjoint(job.passed_over)
    assert load_job(settings("project: {seed: 1}\ndataset: {path: x}\nmaps: y")).passed_over == ()


def test_no_key_is_read_and_passed_over():
    for section, keys in TRAINING.items():
        assert set(keys).isdisjoint(SECTIONS.get(section, SECTIONS))


def test_what_is_given_comes_first(settings):
    job = load_job(settings(maps__name="cup"), maps="m", ground_truth="g", out="o", connectivity=4)
    assert (job.maps, job.source.root, job.out) == (Path("m"), Path("g"), Path("o"))
    assert job.settings.connectivity == 4
    assert job.source.name == "cup"


def test_manual_thresholds(settings):
    job = load_job(
        settings(threshold__method="manual", manual_image="0.0", manual_pixel="-2"), maps="m"
    )
    assert job.policies == {"image": "manual=0", "pixel": "manual=-2"}
    assert job.settings.image_thresholds == (0.0,)
    assert job.settings.pixel_thresholds == (-2.0,)


def test_task_classification_is_the_image_level_alone(settings):
    job = load_job(settings(task="classification", mask="null"), maps="m")
    assert not job.pixels
    assert list(job.metrics) == list(job.policies) == ["image"]


def test_metrics_bring_their_limits(settings):
    text = "dataset: {path: d}\nmaps: m\nmetrics: {pixel: [AUPRO@0.01, tpr_at_fpr@0.2]}"
    job = load_job(settings(text))
    assert job.settings.fpr_limits == (0.3, 0.05, 0.01)
    assert job.settings.at_fpr == (0.01, 0.05, 0.2)
    job = load_job(settings(text + "\nfpr_limits: 0.1"))
    assert job.settings.fpr_limits == (0.1, 0.01)
    assert load_job(settings(text), fpr_limits=[0.2]).settings.fpr_limits == (0.2, 0.01)


def test_options_of_our_own_stand_beside_the_sections(settings):
    text = "dataset: {path: d}\nmaps: m\nresize: bilinear\nimage_score: top-5\nimage_scores: s.csv"
    job = load_job(settings(text))
    assert (job.settings.resize, job.settings.image_score) == ("bilinear", "top-5")
    assert job.image_scores == Path("s.csv")
    assert load_job(settings(text), image_score="max").image_scores is None


def test_the_layout_of_mvtec(settings):
    job = load_job(settings("dataset: {format: mvtec, path: d, category: bottle}\nmaps: m"))
    assert job.source == KnownLayout(Path("d/bottle"), how=FolderOptions(layout="mvtec"))


def test_lists_of_folders_and_suffixes(settings):
    text = (
        "dataset: {path: d, abnormal_dir: [a, b], mask: [c, d], extensions: [.PNG, jpg]}\nmaps: m"
    )
    source = load_job(settings(text)).source
    assert (source.anomalous, source.masks) == (("a", "b"), ("c", "d"))
    assert source.extensions == {".png", ".jpg"}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ({"task": "detect"}, "line 6: dataset.task: found 'detect'; expected classification"),
        ({"format": "visa"}, "line 3: dataset.format: found 'visa'; expected folder or mvtec or"),
        ({"mask": "null"}, "line 10: dataset.mask: found 0 for 1 of abnormal_dir; expected one"),
        ({"normalization_method": "imagenet"}, "expected min_max or cdf or none"),
        ({"manual_image": "0.5"}, "manual_image: found a number, but the method is adaptive"),
        ({"method": "automatic"}, "found 'automatic'; expected adaptive or manual"),
        ({"method": "manual"}, "metrics.image: found F1Score, but no image threshold"),
        ({"save_images": "yes please"}, "save_images: found 'yes please'; expected true or false"),
        ({"mode": "fancy"}, "visualization.mode: found 'fancy'; expected full or simple"),
        ({"seed": "x"}, "project.seed: found 'x'; expected an integer"),
        ({"path": "3"}, "line 5: dataset.path: found 3; expected a text"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(settings, lines, says):
    path = settings(**lines)
    with pytest.raises(InputError, match=says) as caught:
        load_job(path, maps="maps")
    assert str(caught.value).startswith(f"{path}, line ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dataset: {pth: x}", "dataset.pth: unknown key; did you mean path?"),
        ("dataset: {abnormaldir: x}", "did you mean abnormal_dir?"),
        ("model: {normalisation_method: cdf}", "did you mean normalization_method?"),
        ("metrics: {images: []}\nmodel: {}", "did you mean image?"),
        (
            "metrics: {threshold: {manual: 3}}\nmodel: {}",
            "metrics.threshold.manual: unknown key; did",
        ),
        ("project: {paths: x}", "did you mean path?"),
        ("dataset: {path: x}\nground_truth: y", "ground_truth: unknown key"),
        ("dataset: {path: x}\nmetric: {}", "metric: unknown key; did you mean metrics?"),
        (
            "metrics:\n  image:\n  - AUROC\n  - Recal\nmodel: {}",
            "line 4: metrics.image: found 'Recal'",
        ),
        ("metrics: {image: AUPRO}\nmodel: {}", "a metric of pixels; name it under pixel"),
        ("dataset: {name: x}\nmaps: m", "dataset.path: found none; expected a folder here, or GRO"),
        ("dataset: {path: x}", "maps: found none; expected a folder here, or MAPS on the command"),
        (
            "dataset: {path: x}\nmaps: m\nconnectivity: 6",
            "line 3: connectivity: found 6; expected 4",
        ),
        (
            "dataset: {path: x}\nmaps: m\nfpr_limits: [0.3, 2]",
            "fpr_limits: found 2.0; expected a num",
        ),
    ],
)
def test_an_unknown_or_missing_key_is_refused(settings, text, says):
    with pytest.raises(InputError, match=says):
        load_job(settings(text))


@pytest.mark.parametrize("option", ["categories", "layout"])
def test_options_for_several_categories_are_not_for_one_data_set(settings, option):
    with pytest.raises(InputError, match=f"dataset.format: found {option}, but a dataset here"):
        load_job(settings(), maps="m", **{option: "x"})
