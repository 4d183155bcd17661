"""A threshold is a value: nothing in it changes, and equal ones are one key of a dict."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle

import numpy as np
import pytest

import gonogo
from gonogo import InputError, Threshold


def fitted(policy):
    labels = np.arange(300) >= 200
    scores = np.random.default_rng(0).normal(size=300) + 2 * labels
    return gonogo.fit_threshold(scores, labels, policy=policy)


THRESHOLD = fitted("fpr<=0.05")

CHANGES = {
    "set": lambda args: args.__setitem__("limit", 1.0),
    "delete": lambda args: args.__delitem__("limit"),
    "or": lambda args: args.__ior__({"limit": 1.0}),
    "update": lambda args: args.update(limit=1.0),
    "setdefault": lambda args: args.setdefault("other", 1.0),
    "pop": lambda args: args.pop("limit"),
    "popitem": lambda args: args.popitem(),
    "clear": lambda args: args.clear(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_arguments_cannot_be_changed(change):
    with pytest.raises(TypeError, match="the arguments of a threshold cannot be changed"):
        CHANGES[change](THRESHOLD.args)
    assert THRESHOLD.args == {"limit": 0.05}


def test_what_it_was_made_from_may_change():
    given = {"limit": 0.05}
    threshold = dataclasses.replace(THRESHOLD, args=given)
    given["limit"] = 1.0
    assert threshold == THRESHOLD


def test_equal_ones_have_one_hash(tmp_path):
    again = Threshold.load(THRESHOLD.save(tmp_path / "t.json"))
    others = [fitted("fpr<=0.06"), fitted("cost=10:1"), fitted("f1")]
    assert len({THRESHOLD, again, *others}) == 4
    assert hash(THRESHOLD) == hash(again) == hash(fitted("fpr<=0.05"))


def pickled(protocol):
    return lambda value: pickle.loads(pickle.dumps(value, protocol))


COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy} | {
    f"pickle {protocol}": pickled(protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
}


@pytest.mark.parametrize("way", COPIES)
def test_copies(way):
    again = COPIES[way](THRESHOLD)
    assert again == THRESHOLD
    assert hash(again) == hash(THRESHOLD)
    assert again.decide([0.0, 9.0]).tolist() == [False, True]
    with pytest.raises(TypeError):
        again.args["limit"] = 1.0


def test_json():
    document = json.loads(json.dumps(dataclasses.asdict(THRESHOLD)))
    assert document["args"] == json.loads(json.dumps(THRESHOLD.args)) == {"limit": 0.05}


@pytest.mark.parametrize("value", [np.nan, np.inf, "a", None])
def test_the_number_is_finite(value):
    with pytest.raises(InputError, match=r"value: found .*; expected a finite number"):
        dataclasses.replace(THRESHOLD, value=value)
