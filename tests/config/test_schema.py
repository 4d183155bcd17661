"""The JSON schema for editors: it knows the keys that are read, and what the documents show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from gonogo.config import SCHEMA, load_job
from gonogo.config.anomalib import BESIDE, SECTIONS, TRAINING
from gonogo.config.anomalib_threshold import THRESHOLD
from gonogo.config.metric_names import NAMES
from gonogo.config.own import KEYS
from gonogo.config.wanted import METRICS
from gonogo.thresholds import POLICIES

PAGE = Path(__file__).parents[2] / "docs" / "config.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def schema():
    return json.loads(SCHEMA.read_text("utf-8"))


@pytest.fixture(scope="module")
def valid(schema):
    validator = jsonschema.Draft202012Validator(schema)
    return lambda text: validator.is_valid(yaml.safe_load(text))


def test_it_is_a_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_it_has_every_key_and_no_other(schema):
    own = schema["$defs"]["own"]["properties"]
    anomalib = schema["$defs"]["anomalib"]["properties"]
    assert set(own) == set(KEYS)
    assert set(anomalib) == {*SECTIONS, *TRAINING[""], *BESIDE}
    for section, keys in SECTIONS.items():
        assert set(anomalib[section]["properties"]) == {*keys, *TRAINING.get(section, ())}
    for section in ("metrics", "model"):
        assert set(anomalib[section]["properties"]["threshold"]["properties"]) == set(THRESHOLD)
    assert set(own["metrics"]["properties"]) == set(METRICS) - {"threshold"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_documents_follow_it_and_are_read(valid, settings, example):
    assert valid(example)
    assert load_job(settings(example)).maps


def test_there_are_examples_of_both_forms():
    assert {"dataset" in yaml.safe_load(example) for example in EXAMPLES} == {True, False}


def test_settings_of_anomalib_follow_it(valid, settings):
    assert valid(settings().read_text())


def test_settings_as_published_follow_it_and_are_read(valid, settings, published_settings):
    assert valid(published_settings)
    assert load_job(settings(published_settings), maps="maps").passed_over


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_name_follows_it(valid, name):
    limit = "@0.1" if "_at_" in name else ""
    for spelled in {name, name.lower(), name.upper(), name.replace("_", "")}:
        assert valid(f"metrics: {{pixel: ['{spelled}{limit}']}}")


@pytest.mark.parametrize("policy", [policy.example for policy in POLICIES])
def test_every_policy_follows_it(valid, policy):
    assert valid(f"threshold: '{policy}'")


@pytest.mark.parametrize(
    "text",
    [
        "nonsense: 1",
        "fpr_limits: [2]",
        "connectivity: 6",
        "image_score: mean",
        "threshold: best",
        "threshold: {images: f1}",
        "metrics: {image: [AUPRO]}",
        "metrics: {image: [F1Scores]}",
        "metrics: {pixel: [tpr_at_fpr]}",
        "normalization: min-max",
        "maps: m\nground_truth: g\nvisualization: {mode: full}",
        "figures: jpg",
        "pictures: none",
        "dataset: {task: detect}",
        "dataset: {format: ucsdped}",
        "metrics: {image: {F1: {class_path: 3}}}",
        "metrics: {threshold: {adaptive: 1}}",
        "dataset: {path: x}\nground_truth: y",
        "project: {seed: -1}",
        "visualization: {mode: fancy}",
        "model: {normalization_method: imagenet}",
        "{}",
        "[]",
    ],
)
def test_what_is_refused_does_not_follow_it(valid, text):
    assert not valid(text)
