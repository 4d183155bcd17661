"""Metrics in collections: torchmetrics' own, with groups that are found or named, and ours."""

from __future__ import annotations

import copy
import pickle

import pytest
import torchmetrics

import gonogo
import gonogo.torch as gt
from tests.torch.registry import LEVEL, images

NAMES = ["AUROC", "AUPRO", "F1Max"]
BOTH = [torchmetrics.MetricCollection, gt.MetricCollection]
COLLECTIONS = {
    "theirs": torchmetrics.MetricCollection,
    "theirs, groups named": lambda metrics: torchmetrics.MetricCollection(
        metrics, compute_groups=[NAMES]
    ),
    "theirs, the first named last": lambda metrics: torchmetrics.MetricCollection(
        metrics, compute_groups=[NAMES[::-1]]
    ),
    "ours": gt.MetricCollection,
}


@pytest.fixture(scope="module")
def data():
    return images()


@pytest.fixture(scope="module")
def wanted(data):
    maps, masks = (one.numpy() for one in data)
    return {
        "AUROC": gonogo.auroc(maps, masks),
        "AUPRO": gonogo.aupro(maps, masks),
        "F1Max": gonogo.f1_max(maps, masks).value,
    }


def three():
    return [gt.AUROC(), gt.AUPRO(), gt.F1Max()]


def floats(values):
    return {name: float(value) for name, value in values.items()}


@pytest.mark.parametrize("calls", ["uu", "uf", "fu", "ff", "ufu", "uruf"])
@pytest.mark.parametrize("make", COLLECTIONS.values(), ids=COLLECTIONS)
def test_updates_and_forwards_in_any_order(data, wanted, make, calls):
    """Metrics of a group hold one list: no call of one of them may change it for the others."""
    maps, masks = data
    collection = make(three())
    begun = calls.rindex("r") if "r" in calls else -1
    cuts = [len(maps) * step // (len(calls) - 1 - begun) for step in range(len(calls) - begun)]
    for place, call in enumerate(calls):
        step = max(place - begun - 1, 0)
        batch = slice(cuts[step], cuts[step + 1])
        if call == "r":
            collection.reset()
        elif call == "u":
            collection.update(maps[batch], masks[batch])
        else:
            now = collection(maps[batch], masks[batch])
            assert float(now["AUROC"]) == gonogo.auroc(maps[batch].numpy(), masks[batch].numpy())
    assert floats(collection.compute()) == wanted


def test_a_reset_metric_leaves_those_it_was_lent_to_alone(data, wanted):
    auroc, aupro = gt.AUROC(), gt.AUPRO()
    auroc.update(*data)
    auroc.lend(aupro)
    auroc.reset()
    assert float(aupro.compute()) == wanted["AUPRO"]


@pytest.mark.parametrize("make", BOTH, ids=["theirs", "ours"])
def test_keywords_reach_the_metrics_that_take_them(data, wanted, make):
    maps, masks = data
    theirs = gt.create_anomaly_metric(torchmetrics.MeanSquaredError)
    metrics = [*three(), gt.F1Score(threshold=33.0), gt.ManualThreshold(), gt.MinMax(), theirs()]
    collection = make(metrics)
    for batch in (slice(0, 6), slice(6, None)):
        collection.update(preds=maps[batch], target=masks[batch].int())
    copied = pickle.loads(pickle.dumps(collection))
    for one in (collection, copied):
        found = one.compute()
        assert floats({name: found[name] for name in NAMES}) == wanted
        assert found["MinMax"].tolist() == [float(maps.min()), float(maps.max())]
    now = copied(preds=maps, target=masks.int())
    assert float(now["AUROC"]) == wanted["AUROC"]


@pytest.mark.parametrize("make", BOTH, ids=["theirs", "ours"])
def test_a_batch_by_keyword_reaches_metrics_with_fields(data, wanted, make):
    given = {"fields": ["map", "mask"]}
    collection = make([gt.AUROC(**given), gt.AUPRO(**given), gt.MinMax(fields=["map"])])
    collection.update(batch=dict(zip(("map", "mask"), data, strict=True)))
    assert float(collection.compute()["AUPRO"]) == wanted["AUPRO"]


@pytest.mark.parametrize("options", [{"mode": "certified"}, {"budget": "1MiB"}])
@pytest.mark.filterwarnings("ignore:.*the scores take more than")
def test_forward_adds_states_of_two_modes_and_spans(data, options):
    maps, masks = (one.repeat(1, 8, 8) for one in data)
    by_update, by_forward = gt.AUPRO(**options), gt.AUPRO(**options)
    for place, factor in enumerate((1.0, 1e-3, 1e6)):
        part = slice(4 * place, 4 * place + 4)
        batch = maps[part] * factor, masks[part]
        by_update.update(*batch)
        by_forward(*batch)
    assert by_forward.mode == "certified"
    assert float(by_forward.compute()) == float(by_update.compute())
    assert by_forward.interval == by_update.interval


def test_ours_groups_before_the_first_batch(data):
    other = {"fields": ["a", "b"]}
    metrics = {
        "auroc": gt.AUROC(),
        "aupro": gt.AUPRO(),
        "four": gt.AUPRO(connectivity=4),
        "limit": gt.F1Score(threshold=LEVEL),
        "pro": gt.PRO(threshold=LEVEL),
        "fields": gt.AUROC(**other),
        "theirs": torchmetrics.classification.BinaryAUROC(),
        "range": gt.MinMax(),
    }
    collection = gt.MetricCollection(metrics)
    groups = sorted(sorted(group) for group in collection.compute_groups.values())
    alone = [["fields"], ["four"], ["range"], ["theirs"]]
    assert groups == sorted([["aupro", "auroc"], ["limit", "pro"], *alone])
    assert gt.MetricCollection(three(), compute_groups=False).compute_groups == {}
    maps, masks = data
    collection = gt.MetricCollection(three())
    collection.update(maps, masks)
    kept = [one.scores for one in collection.values(copy_state=False)]
    assert kept[0] is kept[1] is kept[2]


def test_ours_is_copied_named_and_nested_as_theirs(data, wanted):
    maps, masks = data
    given = {"fields": ["map", "mask"]}
    inner = gt.MetricCollection([gt.AUROC(**given, prefix="pixel_"), gt.AUPRO(**given)])
    whole = gt.MetricCollection([inner, gt.F1Max(**given)], prefix="val/")
    assert whole.compute_groups == {0: NAMES}
    assert [metric.name for metric in whole.values()] == ["pixel_AUROC", "AUPRO", "F1Max"]
    batch = {"map": maps, "mask": masks}
    copies = (whole, copy.deepcopy(whole), pickle.loads(pickle.dumps(whole)), whole.clone())
    for one in copies:
        one.half().update(batch)
        assert floats(one.compute()) == {f"val/{name}": wanted[name] for name in NAMES}
    whole.reset()
    whole.add_metrics(gt.MinMax(fields=["map"]))
    whole.update(batch)
    found = whole.compute()
    assert found["val/MinMax"].tolist() == [float(maps.min()), float(maps.max())]
    assert float(found["val/AUPRO"]) == wanted["AUPRO"]
