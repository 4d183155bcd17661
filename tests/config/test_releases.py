"""Settings of every release of anomalib 0.x and form of model load, or say what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from gonogo.config import load_job
from gonogo.config.folders import NamedFolders
from gonogo.config.layouts import KnownLayout
from gonogo.errors import InputError
from gonogo.types import FolderOptions
from tests.config.releases import FILES, RELEASES, settings_of


def written(folder: Path, keys: Any) -> Path:
    path = folder / "config.yaml"
    path.write_text(keys if isinstance(keys, str) else yaml.safe_dump(keys), "utf-8")
    return path


@pytest.mark.parametrize(("release", "model"), FILES)
def test_settings_of_every_release_and_model(tmp_path, release, model):
    keys = settings_of(release, model)
    path = written(tmp_path, keys)
    if keys["dataset"]["format"] == "ucsdped":
        with pytest.raises(
            InputError, match=r"dataset.format: found 'ucsdped', a data set of video"
        ):
            load_job(path, maps="m")
        return
    job = load_job(path, maps="m")
    images_only = keys["dataset"]["task"] == "classification"
    how = FolderOptions(layout="mvtec", task="image" if images_only else None)
    assert job.source == KnownLayout(Path("datasets/MVTec/bottle"), how=how)
    assert job.policies == ({"image": "f1"} if images_only else {"image": "f1", "pixel": "f1"})
    assert job.pixels is not images_only
    assert (job.seed, job.out, job.scale) == (42, Path("results"), "min_max")
    labels = [metric.label for metric in job.metrics.get("image", ())]
    assert labels == (["F1Score", "AUROC"] if "metrics" in keys else [])
    assert {"dataset.image_size", "dataset.tiling", "model.name", "trainer"} <= {*job.passed_over}
    assert (job.pictures is not None) == ("visualization" in keys)


def test_every_release_is_there():
    assert {release for release, _ in FILES} == {*RELEASES}
    assert len(RELEASES) == 18
    assert len(FILES) > 147


FOLDER = {"name": "cap", "format": "folder", "task": "segmentation", "extensions": None}
DIRS = {"normal_dir": "good", "abnormal_dir": "bad", "normal_test_dir": None}


@pytest.mark.parametrize(
    "keys",
    [
        {"path": "d", "mask": "masks", **DIRS},
        {"root": "d", "mask_dir": "masks", **DIRS},
        {"root": "d", "path": None, "mask_dir": "masks", "mask": None, **DIRS},
    ],
)
def test_folders_by_their_older_and_newer_names(tmp_path, keys):
    job = load_job(written(tmp_path, {"dataset": FOLDER | keys}), maps="m")
    assert job.source == NamedFolders("cap", Path("d"), ("good",), ("bad",), (), ("masks",))


@pytest.mark.parametrize("key", ["extension", "extensions"])
def test_suffixes_by_both_names(tmp_path, key):
    keys = {"format": "folder", "root": "d", "task": "classification", key: [".PNG", "jpg"]}
    job = load_job(written(tmp_path, {"dataset": keys}), maps="m")
    assert job.source.extensions == {".png", ".jpg"}


@pytest.mark.parametrize("section", ["metrics", "model"])
@pytest.mark.parametrize(
    ("threshold", "policies"),
    [
        ("{adaptive: false, image_default: 3, pixel_default: -2.5}", ("manual=3", "manual=-2.5")),
        ("{adaptive: false, image_default: 3}", ("manual=3", None)),
        ("{adaptive: false, default: 12}", ("manual=12", "manual=12")),
        ("{adaptive: false, default: 12, image_default: 12}", ("manual=12", "manual=12")),
        ("{adaptive: false}", (None, None)),
        ("{adaptive: true, image_default: 3, pixel_default: 3}", ("f1", "f1")),
        ("{adaptive: true, default: 0}", ("f1", "f1")),
        ("{method: manual, manual_image: 0, manual_pixel: null}", ("manual=0", None)),
        ("{method: adaptive, adaptive: true, image_default: 3}", ("f1", "f1")),
        ("{image_default: null, pixel_default: null}", ("f1", "f1")),
        ("null", ("f1", "f1")),
    ],
)
def test_every_form_of_thresholds(tmp_path, section, threshold, policies):
    text = f"dataset: {{path: d}}\nmaps: m\n{section}: {{threshold: {threshold}}}\n"
    expected = zip(("image", "pixel"), policies, strict=True)
    job = load_job(written(tmp_path, text))
    assert job.policies == {level: one for level, one in expected if one is not None}
    if policies[0] == "manual=3":
        assert job.settings.image_thresholds == (3.0,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "metrics: {threshold: {image_default: 3}}",
            "metrics.threshold.image_default: found a number without adaptive; set adaptive: fal",
        ),
        (
            "model: {threshold: {method: adaptive, adaptive: false, image_default: 3}}",
            "model.threshold.adaptive: found false beside method: adaptive; keep one",
        ),
        (
            "model: {threshold: {method: manual, adaptive: true, manual_image: 3}}",
            "model.threshold.adaptive: found true beside method: manual; keep one",
        ),
        (
            "model: {threshold: {adaptive: false, default: 3, pixel_default: 4}}",
            "model.threshold.default: found it beside another pixel_default; keep one",
        ),
        (
            "metrics: {threshold: {method: adaptive}}\nmodel: {threshold: {adaptive: false}}",
            "model.threshold: found other thresholds than under metrics.threshold",
        ),
        (
            "model: {threshold: {adaptive: 3}}",
            "threshold.adaptive: found 3; expected true or false",
        ),
        ("model: {threshold: {default: x}}", "threshold.default: found 'x'; expected a finite num"),
        ("model: {tresholds: {adaptive: true}}", "model.tresholds: unknown key; did you mean thre"),
        ("metrics: {treshold: 1}", "metrics.treshold: unknown key; did you mean threshold?"),
        ("metrics: {threshold: {adaptiv: 1}}", "threshold.adaptiv: unknown key; did you mean adap"),
        ("metrics: {threshold: {manual: 1}}", "threshold.manual: unknown key; did you mean manual"),
        ("metrics: {threshold: {foo: 1}}", "metrics.threshold.foo: unknown key"),
        ("visualisation: {mode: full}", "visualisation: unknown key; did you mean visualization?"),
        ("task: image", "task: unknown key; it is of gonogo's own form, and this file has that"),
    ],
)
def test_thresholds_and_keys_in_doubt_are_refused(tmp_path, text, says):
    path = written(tmp_path, f"dataset: {{path: d}}\nmaps: m\n{text}\n")
    with pytest.raises(InputError, match=says) as caught:
        load_job(path)
    assert str(caught.value).startswith(f"{path}, line ")


def test_two_names_of_one_thing_are_refused(tmp_path):
    for keys, says in (
        ("path: d, root: e", "dataset.root: found it beside dataset.path, another name of it"),
        ("path: d, mask: a, mask_dir: b", "dataset.mask_dir: found it beside dataset.mask,"),
    ):
        path = written(tmp_path, f"dataset: {{format: folder, {keys}}}\nmaps: m\n")
        with pytest.raises(InputError, match=says):
            load_job(path)


def test_unknown_keys_are_passed_over_by_name(tmp_path):
    text = (
        "dataset: {path: d, ours: 1}\nmaps: m\nnotes: x\nmetrics: {mine: 1}\n"
        "project: {author: me}\nvisualization: {colour: red}\nmodel: {depth: 3}\n"
    )
    assert load_job(written(tmp_path, text)).passed_over == (
        *("dataset.ours", "model.depth", "metrics.mine", "visualization.colour"),
        *("project.author", "notes"),
    )


METRICS = """
dataset: {path: d}
maps: m
metrics:
  image:
    ours: {class_path: torchmetrics.classification.BinaryRecall}
    F1Score: {class_path: torchmetrics.F1Score, init_args: {num_classes: 1, threshold: 0.5}}
  pixel:
    AUPRO: {class_path: anomalib.utils.metrics.AUPRO, init_args: {fpr_limit: 0.05}}
"""


def test_metrics_as_classes(tmp_path):
    job = load_job(written(tmp_path, METRICS))
    (recall, f1), (aupro,) = job.metrics["image"], job.metrics["pixel"]
    assert [(one.label, one.name, one.limit) for one in (recall, f1, aupro)] == [
        ("ours", "recall", None),
        ("F1Score", "f1", None),
        ("AUPRO", "aupro", 0.05),
    ]
    assert 0.05 in job.settings.fpr_limits
    arguments = "metrics.image.F1Score.init_args"
    assert job.passed_over == (f"{arguments}.num_classes", f"{arguments}.threshold")


@pytest.mark.parametrize(
    ("metric", "says"),
    [
        ("{class_path: mine.Score}", "metrics.image.x: found 'Score', which is no metric"),
        ("{init_args: {}}", "metrics.image.x: found no class_path"),
        ("null", "metrics.image.x: found no class_path"),
        ("3", "metrics.image.x: found 3; expected keys under it"),
        ("{class_path: a.AUPRO}", "metrics.image.x: found 'AUPRO', which is a metric of pixels"),
    ],
)
def test_classes_that_are_no_metric_are_refused(tmp_path, metric, says):
    text = f"dataset: {{path: d}}\nmaps: m\nmetrics:\n  image:\n    x: {metric}\n"
    with pytest.raises(InputError, match=f"config.yaml, line 5: {says}"):
        load_job(written(tmp_path, text))


@pytest.mark.parametrize("kind", ["ucsdped", "avenue", "shanghaitech", "mvtec_3d", "folder_3d"])
def test_video_and_depth_say_what_they_are(tmp_path, kind):
    what = "images with depth" if kind.endswith("3d") else "video"
    path = written(tmp_path, f"dataset:\n  format: {kind}\n  path: d\n")
    with pytest.raises(InputError, match=f"line 2: .*'{kind}', a data set of {what}; .*, MAPS and"):
        load_job(path, maps="m")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "data: {class_path: a.MVTec, init_args: {root: d, category: bottle}}\ntrainer: {a: 1}",
            "gonogo evaluate MAPS d/bottle",
        ),
        ("class_path: anomalib.data.Visa\ninit_args: {root: v}\n", "gonogo evaluate MAPS v"),
        (
            "model:\n  class_path: anomalib.models.Padim\nmetrics: {pixel: [AUROC]}\n",
            "gonogo evaluate MAPS GROUND_TRUTH",
        ),
        ("data:\n  class_path: anomalib.data.Folder\n", "gonogo evaluate MAPS GROUND_TRUTH"),
    ],
)
def test_files_of_later_releases_say_what_they_are(tmp_path, text, command):
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=r"a file of anomalib 1\.x or 2\.x, which names") as caught:
        load_job(path, maps="m")
    assert str(caught.value).endswith(command)
    assert "\n" not in str(caught.value)
