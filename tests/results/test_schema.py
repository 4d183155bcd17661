"""The schema of results.json: holds for what is written, and lets it grow."""

import json
import math
from importlib import resources

import jsonschema
import numpy as np
import pytest

import gonogo
from tests.oracles.agreement import quietly

SCHEMA = json.loads(
    (resources.files("gonogo.results") / "results-1.schema.json").read_text("utf-8")
)
NAMED_BY_THE_DATA = {"categories", "by_defect", "undefined"}


def document(maps, masks, **options):
    result = quietly(gonogo.evaluate, maps, masks, **options)
    return json.loads(json.dumps(gonogo.Run({"data": result}, result.settings).to_dict()))


@pytest.fixture
def full():
    """A perfect detector; rounding would take its AUPRO above 1."""
    masks = (np.arange(60) < np.arange(1, 11)[:, None])[:, None]
    maps = masks + np.linspace(0, 0.5, masks.size).reshape(masks.shape)
    options = {"image_thresholds": (0.5, math.inf), "pixel_thresholds": (-math.inf, math.inf)}
    return document(maps, masks, defects=["cut"] * 10, **options)


def properties(part):
    """Every object of a document that is not a table of names."""
    if isinstance(part, list):
        for item in part:
            yield from properties(item)
    elif isinstance(part, dict):
        yield part
        for name, value in part.items():
            tables = value.values() if name in NAMED_BY_THE_DATA else [value]
            for table in tables:
                yield from properties(table)


def declared(schema):
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from declared(value)


def test_a_perfect_detector_follows_the_schema(full):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(full, SCHEMA)


def test_everything_undefined_follows_the_schema():
    jsonschema.validate(document(np.ones((2, 3, 3)), np.zeros((2, 3, 3), bool)), SCHEMA)


def test_every_property_is_declared(full):
    names = {name for one in properties(full) for name in one}
    assert names <= set(declared(SCHEMA))


def test_a_later_release_may_add_properties_anywhere(full):
    for one in list(properties(full)):
        one["added_later"] = {"anything": 1}
    jsonschema.validate(full, SCHEMA)


@pytest.mark.parametrize("value", [1.0000000000000002, -0.1, "1"])
def test_a_rate_outside_its_range_is_refused(full, value):
    full["categories"]["data"]["pixel"]["aupro"][0]["value"] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(full, SCHEMA)


def test_infinite_thresholds_are_plain_json(full):
    lowest = -np.finfo(float).max
    assert full["settings"]["pixel_thresholds"] == [lowest, None]
    everything, nothing = full["categories"]["data"]["pixel"]["at_threshold"]
    assert (everything["threshold"], everything["specificity"]) == (lowest, 0.0)
    assert (nothing["threshold"], nothing["recall"]) == (None, 0.0)
