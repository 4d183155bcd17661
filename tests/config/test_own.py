"""gonogo's own settings: the names of ``evaluate_folder``, and what to print."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import get_args

import pytest

import gonogo
from gonogo.config import load_job
from gonogo.config.job import Pictures, Scale
from gonogo.config.layouts import KnownLayout
from gonogo.config.own import KEYS
from gonogo.errors import InputError
from gonogo.normalization import METHODS
from gonogo.types import FolderOptions, Settings


def test_every_option_of_evaluate_folder_is_a_key_by_its_name():
    options = set(inspect.signature(gonogo.evaluate_folder).parameters)
    options -= {"progress", "checkpoint", "fresh"}
    more = {"out", "metrics", "threshold", "confidence", "normalization", "figures", "pictures"}
    assert set(KEYS) == options | more


def test_scales_have_one_name():
    assert set(get_args(Scale)) == METHODS.keys()


def test_the_shortest_file(settings):
    job = load_job(settings("maps: m\nground_truth: g\n"))
    assert (job.maps, job.source) == (Path("m"), KnownLayout(Path("g")))
    assert job.settings == Settings()
    assert job.metrics == job.policies == {}
    assert (job.out, job.scale, job.pictures, job.passed_over) == (None, None, None, ())


def test_every_key(settings):
    job = load_job(
        settings(
            """
maps: m
ground_truth: g
out: run
categories: [bottle, cable]
layout: mvtec
normal: ok
mask_suffix: [""]
task: pixel
name: cap
image_scores: s.csv
fpr_limits: [0.3, 0.01]
connectivity: 4
image_score: top-9
resize: nearest
at_fpr: 0
at_recall: [0.5]
on_error: skip
image_thresholds: 1.5
pixel_thresholds: [0, 1e-3]
metrics:
  image: auroc
  pixel: [f1, aupro@0.05]
threshold:
  image: 0
  pixel: fpr<=0.01
confidence: 0.9
normalization: divide_by_threshold
figures: svg
pictures: simple
"""
        )
    )
    assert job.source == KnownLayout(
        Path("g"),
        ("bottle", "cable"),
        FolderOptions(layout="mvtec", normal=("ok",), mask_suffix=("",), task="pixel", name="cap"),
    )
    assert (job.out, job.image_scores) == (Path("run"), Path("s.csv"))
    assert job.settings == Settings(
        fpr_limits=(0.3, 0.01, 0.05),
        connectivity=4,
        image_score="top-9",
        resize="nearest",
        at_fpr=(0.0,),
        at_recall=(0.5,),
        image_thresholds=(1.5, 0.0),
        pixel_thresholds=(0.0, 0.001),
    )
    assert (job.on_error, job.confidence) == ("skip", 0.9)
    assert job.policies == {"image": "manual=0", "pixel": "fpr<=0.01"}
    assert job.scale == "divide_by_threshold"
    assert (job.figures, job.pictures) == ("svg", Pictures("simple", None))


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("threshold: recall>=1", {"image": "recall>=1", "pixel": "recall>=1"}),
        ("threshold: 1e-3", {"image": "manual=0.001", "pixel": "manual=0.001"}),
        ("threshold: {pixel: 0.25}", {"pixel": "manual=0.25"}),
        ("threshold: null", {}),
        ("metrics: {image: [F1Score]}", {"image": "f1"}),
        ("metrics: {image: [AUROC]}", {}),
        ("normalization: min_max", {"image": "f1", "pixel": "f1"}),
        ("normalization: cdf\nthreshold: {image: max}", {"image": "max", "pixel": "f1"}),
    ],
)
def test_policies(settings, text, policies):
    assert load_job(settings(f"maps: m\nground_truth: g\n{text}\n")).policies == policies


def test_what_is_given_comes_first(settings):
    path = settings("maps: m\nground_truth: g\nout: o\ncategories: a\nresize: nearest\n")
    job = load_job(path, maps="n", ground_truth="h", categories=["b"], layout="plain", resize=None)
    assert (job.maps, job.out) == (Path("n"), Path("o"))
    assert job.source == KnownLayout(Path("h"), ["b"], FolderOptions(layout="plain"))
    assert job.settings.resize == "nearest"
    assert load_job(path, resize="bilinear").settings.resize == "bilinear"
    assert (job.on_error, load_job(path, on_error="skip").on_error) == ("stop", "skip")


def test_what_is_given_must_be_an_option(settings):
    path = settings("maps: m\nground_truth: g\n")
    with pytest.raises(TypeError, match="unexpected keyword argument 'connectivty'"):
        load_job(path, connectivty=4)
    with pytest.raises(InputError, match="on_error: found 'ignore'; expected stop or skip"):
        load_job(path, on_error="ignore")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fpr_limit: 0.3", "line 3: fpr_limit: unknown key; did you mean fpr_limits?"),
        ("metrics: {threshold: {}}", "metrics.threshold: unknown key"),
        ("threshold: {images: 1}", "threshold.images: unknown key; did you mean image?"),
        ("threshold: fpr<0.1", r"line 3: threshold: found 'fpr<0.1'; did you mean fpr<=0.1\?"),
        ("threshold: {pixel: zzz}", "line 3: threshold.pixel: found 'zzz'; expected one of man"),
        ("threshold: true", "threshold: found True; expected a text"),
        ("normalization: min-max", "found 'min-max'; expected min_max or cdf or divide_by_thresh"),
        ("layout: visa", "found 'visa'; expected auto or mvtec or plain"),
        ("image_score: mean", "line 3: image_score: found 'mean'; expected 'max' or"),
        ("resize: cubic", "line 3: resize: found 'cubic'; expected None or one of nearest"),
        ("at_recall: 0", r"at_recall: found 0.0; expected a number in \(0, 1\]"),
        (
            "threshold: f1\nconfidence: 0.9",
            "line 4: confidence: found 0.9, but no policy with a us",
        ),
        ("threshold: fpr<=0.1\nconfidence: 1", r"line 4: confidence: found 1.0; expected .*\(0, 1"),
        ("on_error: ignore", "line 3: on_error: found 'ignore'; expected stop or skip"),
        ("out: [a]", "out: found a list; expected a text"),
        ("visualization: {mode: full}", "line 3: visualization: unknown key; here figures and"),
        ("out: o\nproject: {seed: 1}", "line 4: project: unknown key"),
        ("figures: pdf", "line 3: figures: found no folder for them; set out, or give --out DIR"),
        ("out: o\nfigures: jpg", "line 4: figures: found 'jpg'; expected png or pdf or svg"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(settings, text, says):
    with pytest.raises(InputError, match=says):
        load_job(settings(f"maps: m\nground_truth: g\n{text}\n"))


def test_urls_are_refused(settings):
    """As a path, s3://bucket/maps would be a folder s3: that is not there."""
    path = settings("maps: s3://bucket/maps\nground_truth: g\n")
    with pytest.raises(InputError, match="line 1: maps: found the URL s3://bucket/maps; expected"):
        load_job(path)
    with pytest.raises(InputError, match="ground_truth: found the URL gs://b/g; expected a folder"):
        load_job(path, maps="m", ground_truth="gs://b/g")


def test_folders_must_be_named_somewhere(settings):
    with pytest.raises(
        InputError, match="ground_truth: found none; expected a folder here, or GRO"
    ):
        load_job(settings("maps: m"))
    with pytest.raises(InputError, match="maps: found none; expected a folder here, or MAPS"):
        load_job(settings("ground_truth: g"))


def test_a_file_of_scores_is_sent_to_the_command_line(settings):
    says = r"maps: found scores.csv, a file of scores; .* use gonogo evaluate scores.csv without"
    with pytest.raises(InputError, match=says):
        load_job(settings("maps: scores.csv\n"))
