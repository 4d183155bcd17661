"""Thresholds and scales on disk: save and load is the identity, and nothing else is understood."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo import Cdf, DivideByThreshold, InputError, MinMax, Threshold
from gonogo.normalization import Normalization
from gonogo.thresholds import POLICIES, Achieved, FittedOn, Rate, threshold_document
from tests.oracles.strategies import labelled_scores

GOLDEN = Path(__file__).parents[1] / "golden" / "threshold-1.json"
SCHEMA = json.loads(
    (resources.files("gonogo.thresholds") / "threshold-1.schema.json").read_text("utf-8")
)


def example(policy="f1", **options):
    rng = np.random.default_rng(0)
    labels = np.arange(300) >= 200
    scores = rng.normal(size=300) + 2 * labels
    return gonogo.fit_threshold(scores, labels, policy=policy, **options)


DELETED = object()


def put(*names, value):
    def change(document):
        inside = document
        for name in names[:-1]:
            inside = inside[name]
        if value is DELETED:
            del inside[names[-1]]
        else:
            inside[names[-1]] = value

    return change


def kinds(value):
    """The types of a document and of all that is in it."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(value)}.union(*map(kinds, inside))


def test_a_document_in_memory_is_of_plain_types():
    """As checkpoints hold it, which are read back without any class of ours."""
    document = threshold_document(example("recall>=0.9", confidence=0.9), None)
    assert kinds(document) <= {dict, list, str, float, int, bool, type(None)}
    assert document["threshold"]["args"] == {"least": 0.9}


@pytest.mark.parametrize("policy", [policy.example for policy in POLICIES])
@pytest.mark.parametrize("midpoint", [False, True])
def test_every_policy_survives(policy, midpoint, tmp_path):
    threshold = example(policy, midpoint=midpoint and policy != "manual=0.5")
    path = threshold.save(tmp_path / "threshold.json")
    assert Threshold.load(path) == threshold
    document = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    assert document["threshold"]["achieved"]["recall"]["value"] == threshold.achieved.recall.value


def test_guarantees_survive(tmp_path):
    for policy in ("fpr<=0.05", "recall>=0.9", "precision>=0.6"):
        threshold = example(policy, confidence=0.9)
        path = threshold.save(tmp_path / "threshold.json")
        assert Threshold.load(path) == threshold
        jsonschema.validate(json.loads(path.read_text("utf-8")), SCHEMA)


@given(data=labelled_scores(), value=st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_survives(data, value, tmp_path_factory):
    path = tmp_path_factory.mktemp("threshold") / "t.json"
    threshold = gonogo.fit_threshold(data.scores, data.labels, policy=f"manual={value!r}")
    again = Threshold.load(threshold.save(path))
    assert again == threshold
    assert np.array([again.value]).tobytes() == np.array([value]).tobytes()
    jsonschema.validate(json.loads(path.read_text("utf-8")), SCHEMA)


def test_files_of_this_release_stay_readable():
    assert Threshold.load(GOLDEN) == Threshold(
        value=2.755807558275951,
        policy="fpr<=0.02",
        args={"limit": 0.02},
        level="image",
        confidence=0.9,
        midpoint=False,
        promise="with 90 % confidence, at most 2 % of the normal images that are drawn like these "
        "are flagged",
        fitted_on=FittedOn(
            330, 70, "a1b910c6d08b5ebbff0b30d8aec3655b7b9b234b00d89d5cbad3db4e1bd82a46"
        ),
        achieved=Achieved(Rate(2, 330), Rate(15, 70), Rate(15, 17)),
    )
    expected = MinMax(2.755807558275951, -3.772275156122734, 4.026779095243192)
    assert MinMax.load(GOLDEN) == Normalization.load(GOLDEN) == expected
    jsonschema.validate(json.loads(GOLDEN.read_text("utf-8")), SCHEMA)


@pytest.mark.parametrize(
    "scale", [MinMax(0.1, -1 / 3, 7.0), DivideByThreshold(0.1), Cdf(0.1, -0.2, 1 / 7)]
)
def test_scales_survive_alone_and_beside_their_threshold(scale, tmp_path):
    alone = scale.save(tmp_path / "scale.json")
    assert type(scale).load(alone) == Normalization.load(alone) == scale
    jsonschema.validate(json.loads(alone.read_text("utf-8")), SCHEMA)
    with pytest.raises(InputError, match="found a scale without a threshold"):
        Threshold.load(alone)

    threshold = example("manual=0.1")
    both = threshold.save(tmp_path / "threshold.json")
    assert json.loads(both.read_text("utf-8"))["normalization"] is None
    with pytest.raises(InputError, match="found no scale; fit one"):
        type(scale).load(both)
    scale.save(both)
    assert Threshold.load(both) == threshold
    assert type(scale).load(both) == scale
    at_once = threshold.save(tmp_path / "at once.json", normalization=scale)
    assert type(scale).load(at_once) == scale
    jsonschema.validate(json.loads(both.read_text("utf-8")), SCHEMA)


def test_a_scale_of_another_threshold_is_refused(tmp_path):
    threshold, scale = example("manual=0.5"), MinMax(0.4, 0.0, 1.0)
    with pytest.raises(InputError, match=r"found a scale for the threshold 0.4; expected one for"):
        threshold.save(tmp_path / "t.json", normalization=scale)
    assert not any(tmp_path.iterdir())
    with pytest.raises(
        InputError, match=r"found 'min_max'; expected a scale, for example gonogo\."
    ):
        threshold.save(tmp_path / "t.json", normalization="min_max")
    path = threshold.save(tmp_path / "t.json")
    with pytest.raises(InputError, match=r"found the threshold 0.5; the scale is for 0.4"):
        scale.save(path)
    assert Threshold.load(path) == threshold
    edited(
        path, lambda d: d.update(normalization={"method": "divide_by_threshold", "threshold": 1})
    )
    with pytest.raises(InputError, match=r"found the threshold 0.5 and a scale for 1.0"):
        Threshold.load(path)
    with pytest.raises(InputError, match="found a divide_by_threshold scale; expected cdf"):
        Cdf.load(path)


def test_a_threshold_saved_again_keeps_the_scale_that_is_there(tmp_path):
    threshold, scale = example("manual=0.5"), MinMax(0.5, 0.0, 1.0)
    path = threshold.save(tmp_path / "t.json", normalization=scale)
    fitted_anew = example("manual=0.5", level="pixel")
    assert fitted_anew.save(path) == path
    assert Threshold.load(path) == fitted_anew
    assert MinMax.load(path) == scale
    other = DivideByThreshold(0.5)
    threshold.save(path, normalization=other)
    assert Normalization.load(path) == other
    alone = scale.save(tmp_path / "scale.json")
    threshold.save(alone)
    assert (Threshold.load(alone), MinMax.load(alone)) == (threshold, scale)


def test_a_scale_that_does_not_fit_goes_and_that_is_told(tmp_path):
    path = example("manual=0.5").save(tmp_path / "t.json", normalization=MinMax(0.5, 0.0, 1.0))
    said = r"t\.json: the min_max scale that was there goes, .* threshold 0\.5 and this is 0\.6"
    with pytest.warns(gonogo.InputWarning, match=said):
        example("manual=0.6").save(path)
    assert Threshold.load(path).value == 0.6
    with pytest.raises(InputError, match="found no scale"):
        MinMax.load(path)
    for content in ("no document", '{"schema": "other"}'):
        path.write_text(content)
        example("manual=0.6").save(path)
        assert Threshold.load(path).value == 0.6


@pytest.mark.parametrize("threshold", [DELETED, None])
def test_a_scale_is_saved_to_a_file_without_a_threshold(threshold, tmp_path):
    path = MinMax(0.5, 0.0, 1.0).save(tmp_path / "scale.json")
    edited(path, put("threshold", value=threshold))
    assert MinMax.load(path).high == 1.0
    changed = MinMax(0.7, 0.0, 2.0)
    assert MinMax.load(changed.save(path)) == changed
    jsonschema.validate(json.loads(path.read_text("utf-8")), SCHEMA)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"threshold": 3}, "threshold: found 3; expected an object"),
        ({"threshold": {}}, "threshold: value: found none; expected one"),
        ({"threshold": {"value": "x"}}, "threshold: value: found 'x'; expected a finite number"),
        ({"more": 1}, "more: found 1; expected only schema"),
        ({"schema": "x"}, "found another kind of file"),
    ],
)
def test_a_scale_is_not_saved_into_what_is_damaged(change, message, tmp_path):
    path = tmp_path / "t.json"
    path.write_bytes(GOLDEN.read_bytes())
    edited(path, lambda document: document.update(change))
    before = path.read_bytes()
    with pytest.raises(InputError, match=message) as error:
        MinMax(2.755807558275951, 0.0, 9.0).save(path)
    assert str(error.value).startswith(str(path))
    assert path.read_bytes() == before


def test_a_later_version_is_refused_by_name(tmp_path):
    path = example().save(tmp_path / "t.json")
    edited(path, lambda document: document.update(version=2, gonogo="9.0"))
    for load in (Threshold.load, MinMax.load, MinMax(1.0, 0.0, 1.0).save):
        with pytest.raises(InputError) as error:
            load(path)
        assert "found version 2 of gonogo.threshold, written by gonogo 9.0" in str(error.value)
        assert f"this gonogo ({gonogo.__version__}) knows versions up to 1" in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            put("schema", value="gonogo.results"),
            "another kind of file; expected a gonogo.threshold",
        ),
        (put("version", value="1"), "version: found '1'; expected an integer of at least 1"),
        (put("version", value=True), "version: found True; expected an integer"),
        (put("extra", value=1), "extra: found 1; expected only schema, version, gonogo"),
        (put("threshold", value=None), "found a scale without a threshold"),
        (put("threshold", value=3), "threshold: found 3; expected an object"),
        (put("threshold", "value", value=DELETED), "threshold: value: found none; expected one"),
        (put("threshold", "value", value="0.5"), "value: found '0.5'; expected a finite number"),
        (put("threshold", "value", value=float("nan")), "value: found nan; expected a finite"),
        (put("threshold", "value", value=10**400), "value: found 1000.*; expected a finite"),
        (put("threshold", "value", value=True), "value: found True; expected a finite number"),
        (put("threshold", "policy", value="fpr=2"), "policy: found 'fpr=2'"),
        (put("threshold", "args", value={"x": 1}), "args: x: found 1; expected only"),
        (put("threshold", "args", value={"limit": 0.5}), "args: found .*; expected those of the"),
        (put("threshold", "level", value="pixels"), "level: found 'pixels'; expected image or pix"),
        (put("threshold", "midpoint", value=0), "midpoint: found 0; expected true or false"),
        (put("threshold", "confidence", value="high"), "confidence: found 'high'"),
        (put("threshold", "confidence", value=1.5), "confidence: found 1.5; expected a number in"),
        (
            put("threshold", "fitted_on", "image_score", value="top"),
            "image_score: found 'top'; exp",
        ),
        (put("threshold", "promise", value=None), "promise: found None; expected a string"),
        (
            put("threshold", "fitted_on", "normal", value=-1),
            "normal: found -1; expected an integer",
        ),
        (
            put("threshold", "fitted_on", "digest", value="abc"),
            "digest: found 'abc'; expected the 64",
        ),
        (
            put("threshold", "achieved", "fpr", "count", value=331),
            "count: found 331; expected at m",
        ),
        (
            put("threshold", "achieved", "fpr", "of", value=1.5),
            "of: found 1.5; expected an integer",
        ),
        (put("threshold", "achieved", "f1", value={}), "achieved: f1: found {}; expected only"),
        (put("normalization", "method", value="zscore"), "method: found 'zscore'; expected one of"),
        (put("normalization", "low", value=DELETED), "normalization: low: found none"),
        (put("normalization", "low", value=9.0), "low, high: found 9.0 and"),
        (put("normalization", "low", value=float("-inf")), "low: found -inf; expected a finite"),
        (put("normalization", "high", value=float("nan")), "high: found nan; expected a finite"),
        (put("normalization", "threshold", value=float("inf")), "threshold: found inf; expected"),
    ],
)
def test_damaged_files_say_where(change, message, tmp_path):
    path = tmp_path / "t.json"
    path.write_bytes(GOLDEN.read_bytes())
    edited(path, change)
    with pytest.raises(InputError, match=message) as error:
        Threshold.load(path)
    assert str(error.value).startswith(str(path))


def test_what_is_no_document(tmp_path):
    missing, text, lines = tmp_path / "no.json", tmp_path / "t.json", tmp_path / "l.json"
    text.write_text("threshold: 0.5")
    lines.write_text("[1, 2]")
    for path, message in (
        (missing, "cannot open the file"),
        (text, "found no JSON"),
        (lines, "found another kind of file"),
        (tmp_path, "cannot open the file"),
    ):
        with pytest.raises(InputError, match=message):
            Threshold.load(path)
    with pytest.raises(InputError, match="cannot write there"):
        example().save(tmp_path / "nowhere" / "t.json")


def test_half_a_file_is_never_seen(tmp_path, monkeypatch):
    path = example("manual=1").save(tmp_path / "t.json")
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gonogo.files.os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        example("manual=2").save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def edited(path, change):
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")
