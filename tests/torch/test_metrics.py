"""Every metric class through the one tester; the registry holds all of them."""

from __future__ import annotations

import gc
import warnings
import weakref

import numpy as np
import pytest
import torch
import torchmetrics

import gonogo
import gonogo.torch as gt
from gonogo import InputError, InputWarning, MergeError
from tests.torch.registry import LEVEL, RANKING, REGISTRY, images
from tests.torch.tester import LAWS, Bench, arrays


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("case", REGISTRY, ids=str)
def test_every_metric_stands(case, law):
    getattr(Bench(case), law)()


def test_every_public_metric_is_in_the_registry():
    public = {
        value
        for name in gt.__all__
        if isinstance(value := getattr(gt, name), type)
        and issubclass(value, torchmetrics.Metric)
        and value not in (gt.ScoredMetric, gt.DecidedMetric)
    }
    assert public - {case.of for case in REGISTRY} == set()


SCORES = [
    (torch.arange(20.0, 51.0), torch.arange(31) > 12),
    (torch.tensor([1.2, 0.9, 1.7]), [1, 0, 1]),
]


@pytest.mark.parametrize(("scores", "labels"), SCORES)
@pytest.mark.parametrize("size", [1, 2, 5, 31])
def test_scores_outside_0_to_1_keep_their_order_in_any_batching(scores, labels, size):
    """torchmetrics sends each batch that leaves [0, 1] through a sigmoid."""
    labels, metrics = torch.as_tensor(labels), [gt.AUROC(), gt.AUPR(), gt.F1Max()]
    for first in range(0, len(scores), size):
        for metric in metrics:
            metric.update(scores[first : first + size], labels[first : first + size])
    assert [float(metric.compute()) for metric in metrics] == [1.0, 1.0, 1.0]


def test_what_torchmetrics_own_makes_of_them():
    peer = torchmetrics.classification.BinaryAUROC(thresholds=None)
    for batch in (([0.95, 0.99], [0, 0]), ([1.5, 2.0], [1, 1])):
        peer.update(*map(torch.tensor, batch))
    assert float(peer.compute()) == 0.0
    assert float(peer(torch.tensor([20.0, 30.0, 40.0, 50.0]), torch.tensor([0, 0, 1, 1]))) == 0.5


def test_a_collection_keeps_each_map_once_and_ranks_it_once(monkeypatch):
    maps, masks = images()
    collection = torchmetrics.MetricCollection(
        {
            "auroc": gt.AUROC(),
            "aupro": gt.AUPRO(),
            "f1": gt.F1Max(),
            "other": gt.AUPRO(connectivity=4),
            "limit": gt.F1Score(threshold=LEVEL),
            "pro": gt.PRO(threshold=LEVEL),
        }
    )
    for first in range(0, 12, 4):
        collection.update(maps[first : first + 4], masks[first : first + 4])
    groups = sorted(sorted(group) for group in collection.compute_groups.values())
    assert groups == [["aupro", "auroc", "f1"], ["limit", "pro"], ["other"]]
    kept = {name: collection._modules[name].scores for name in ("auroc", "aupro", "f1", "other")}
    assert kept["auroc"] is kept["aupro"] is kept["f1"] is not kept["other"]
    calls = []
    ranked = gt.scored.ranked
    monkeypatch.setattr(gt.scored, "ranked", lambda *given: calls.append(1) or ranked(*given))
    assert float(collection.compute()["aupro"]) == gonogo.aupro(maps.numpy(), masks.numpy())
    assert len(calls) == 2


def test_metrics_over_other_fields_are_never_taken_for_one():
    """Their first batches may be equal: torchmetrics compares states, ours say what is asked."""
    collection = torchmetrics.MetricCollection(
        {name: gt.AUROC(fields=[name, "label"]) for name in ("one", "other")}
    )
    same_first = {"one": torch.tensor([0.0, 1.0]), "label": torch.tensor([0, 1])}
    collection.update({**same_first, "other": torch.tensor([0.0, 1.0])})
    collection.update({**same_first, "other": torch.tensor([1.0, 0.0])})
    assert {name: float(value) for name, value in collection.compute().items()} == {
        "one": 1.0,
        "other": 0.5,
    }


def test_a_state_is_lent_to_a_metric_of_the_same():
    maps, masks = images()
    auroc, aupro, other = gt.AUROC(), gt.AUPRO(), gt.AUPRO(connectivity=4)
    assert auroc.shares_with(aupro)
    assert not auroc.shares_with(other)
    assert not auroc.shares_with(gt.F1Score())
    assert not auroc.shares_with(gt.AUROC(fields=["a", "b"]))
    auroc.update(maps, masks)
    auroc.lend(aupro)
    assert float(aupro.compute()) == gonogo.aupro(maps.numpy(), masks.numpy())
    assert aupro.scores is auroc.scores


@pytest.mark.parametrize("case", RANKING, ids=str)
def test_certified_intervals_contain_the_exact_value(case):
    metric = Bench(case, mode="certified", budget="1MiB")
    metric.maps = metric.maps + torch.linspace(0.0, 1e-2, metric.maps.numel()).view(12, 24, 24)
    found = metric.fed(metric.metric(), [0, 7, 12])
    value = arrays(found.compute())
    assert found.mode == "certified"
    if len(value) == 1:
        (wanted,) = metric.wanted()
        assert found.interval.low <= wanted <= found.interval.high
        assert found.interval.error < 1e-3 * max(1.0, float(wanted))
        assert float(value[0]) == found.interval.value
    else:
        assert (found.band is None) == case.images  # twelve images: each has its bin


@pytest.mark.parametrize("case", RANKING, ids=str)
def test_certified_values_of_maps_with_two_decimals_are_exact(case):
    """Each of their values has a bin of its own, and is known to be a tie."""
    metric = Bench(case, mode="certified")
    found = metric.fed(metric.metric(), [0, 7, 12])
    for one, other in zip(arrays(found.compute()), metric.wanted(), strict=True):
        # A threshold just above a score is the next number of float64 here, of float32 there.
        assert np.array_equal(one, other) if one.ndim == 0 else np.allclose(one, other, rtol=1e-6)
    assert found.mode == "certified"


def test_a_certified_state_of_a_stream_is_that_of_all_at_once():
    maps, masks = images(side=192)
    one, other = gt.AUPRO(budget="1MiB"), gt.AUPRO(budget="1MiB")
    with pytest.warns(InputWarning, match="counted on a grid from here on"):
        one.update(maps, masks)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        for place in range(12):
            other.update(maps[place], masks[place])
    assert float(one.compute()) == float(other.compute())
    assert torch.equal(one.grid, other.grid)
    assert one.interval.error < 0.01
    assert gt.AUPRO(mode="exact", budget="1MiB")(maps, masks) in one.interval


def test_counts_merge_over_modes():
    maps, masks = images(side=192)
    whole = gt.AUROC(budget="1MiB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        whole.update(maps, masks)
        for cut in (1, 11):
            one, other = gt.AUROC(budget="1MiB"), gt.AUROC(budget="1MiB")
            one.update(maps[:cut], masks[:cut])
            other.update(maps[cut:], masks[cut:])
            one.merge_state(other)
            assert float(one.compute()) == float(whole.compute())
    with pytest.raises(MergeError, match="other fields, or with other settings"):
        whole.merge_state(gt.AUROC(budget="2MiB"))
    with pytest.raises(MergeError, match="without scores"):
        whole.merge_state(gt.F1Score())
    with pytest.raises(MergeError, match="another threshold"):
        gt.F1Score(threshold=1.0).merge_state(gt.F1Score(threshold=2.0))


def test_no_update_holds_on_to_the_tensors_of_the_caller():
    maps, masks = images()
    metric = gt.AUROC()
    metric.update(maps, masks)
    wanted = gonogo.auroc(maps.numpy(), masks.numpy())
    maps.zero_()
    masks.zero_()
    assert float(metric.compute()) == wanted


def test_the_best_threshold_comes_with_f1max():
    maps, masks = images()
    metric, wanted = gt.F1Max(), gonogo.f1_max(maps.numpy(), masks.numpy())
    metric.update(maps, masks)
    metric.compute()
    assert float(metric.threshold) == wanted.threshold
    assert (metric.best.precision.value, metric.best.recall.value) == (
        wanted.precision,
        wanted.recall,
    )
    adaptive = gt.F1AdaptiveThreshold()
    assert float(adaptive(maps, masks)) == float(adaptive.value) == wanted.threshold


def test_the_promise_of_pg_and_pb_holds_in_the_sample():
    scores = torch.arange(1.0, 21.0)
    labels = torch.tensor([0] * 8 + [1, 0] * 4 + [1] * 4)
    good, bad = gt.PGn(fnr=0.3), gt.PBn(fpr=0.3)
    for metric in (good, bad):
        metric.update(scores, labels)
    assert float(good.compute()) == 10 / 12
    assert float((scores[labels == 1] < good.threshold).sum()) / 8 <= 0.3
    assert float(bad.compute()) == float((scores[labels == 1] >= bad.threshold).sum()) / 8 == 7 / 8
    assert float((scores[labels == 0] >= bad.threshold).sum()) / 12 <= 0.3
    seven_of_ten = gt.PGn(fnr=0.7)
    seven_of_ten.update(torch.tensor([*range(10), 6.5]), torch.tensor([1] * 10 + [0]))
    assert float(seven_of_ten.compute()) == 1.0


def test_a_threshold_is_set_before_anything_is_decided():
    metric = gt.F1Score()
    metric.threshold = 100.0
    metric.update(torch.tensor([99.0, 100.0]), torch.tensor([0, 1]))
    assert float(metric.compute()) == 1.0
    with pytest.raises(InputError, match=r"decisions at threshold 100.0 are counted already"):
        metric.threshold = 50.0
    metric.reset()
    metric.threshold = 50.0
    assert metric.threshold == 50.0


def test_predicted_labels_and_masks_are_taken_as_they_are():
    labels = torch.tensor([1, 0, 1, 1])
    for preds in (labels, labels.bool(), labels.byte() * 255, labels.float()):
        assert float(gt.Accuracy()(preds, labels)) == 1.0


def test_figures_have_their_titles_and_need_no_screen():
    maps, masks = images()
    titles = {}
    for of in (gt.AUROC, gt.AUPR, gt.AUPRO, gt.ROC, gt.PROCurve, gt.BinaryPrecisionRecallCurve):
        for mode in ("exact", "certified"):
            metric = of(mode=mode)
            metric.update(maps, masks)
            figure, titles[of.__name__] = metric.generate_figure()
            (axes,) = figure.axes
            assert axes.get_xlabel()
            assert axes.get_legend() is not None
    assert list(titles.values()) == ["ROC", "PR", "PRO", "ROC", "PRO", "PR"]


def told(expected, call, *given):
    with pytest.raises(InputError, match=expected):
        call(*given)


def test_what_is_refused_says_what_to_do():
    maps, masks = images()
    told("target of dtype torch.float32.*pass target.bool", gt.AUROC().update, maps, masks.float())
    told("binarise", gt.AUROC().update, maps, masks.float() / 2)
    told(r"shape \(12, 24, 24\) and target of shape \(11, 24", gt.AUROC().update, maps, masks[1:])
    told("12 maps", gt.AUROC().update, list(maps), list(masks[1:]))
    told("found 1 value.*NaN", gt.AUROC().update, torch.tensor([1.0, np.nan]), torch.tensor([0, 1]))
    told("it is about regions", gt.AUPRO().update, torch.rand(4), torch.tensor([0, 1, 0, 1]))
    told("it is about regions", gt.PRO().update, torch.rand(4), torch.tensor([0, 1, 0, 1]))
    told("fpr_limit: found 2", lambda: gt.AUPRO(fpr_limit=2))
    told("fnr: found -1", lambda: gt.PGn(fnr=-1))
    told("method: found 'area'", lambda: gt.AUPR(method="area"))
    told("threshold: found", lambda: gt.F1Score(threshold="high"))
    told("budget: found", lambda: gt.AUROC(budget="much"))
    mixed = gt.AUROC()
    mixed.update(maps, masks)
    told("found vectors of scores and maps", mixed.update, torch.rand(4), torch.ones(4).bool())
    told("positive", gt.AnomalyScoreDistribution().update, torch.tensor([0.0, 1.0]))
    told("neither", gt.AnomalyScoreDistribution().update)


def test_nothing_of_a_refused_batch_is_counted():
    maps, masks = images()
    metric = gt.AUROC()
    metric.update(maps, masks)
    wanted = metric.compute()
    told("shape", metric.update, [maps[0], maps[1]], [masks[0], masks[1, 1:]])
    assert float(metric.compute()) == float(wanted)


def test_one_of_anything_is_a_batch():
    metric = gt.AUROC()
    for score, label in ((3.0, 1), (1.0, 0)):
        metric.update(torch.tensor(score), torch.tensor(label))
        metric.update(torch.tensor([[score]]), torch.tensor([label]))
    assert float(metric.compute()) == 1.0


def test_vectors_and_maps_are_not_added():
    maps, masks = images()
    one, other = gt.AUROC(), gt.AUROC()
    one.update(maps, masks)
    other.update(maps[:, 0, 0], masks[:, 0, 0])
    before = float(one.compute())
    with pytest.raises(InputError, match="AUROC: found vectors of scores and maps"):
        one.merge_state(other)
    assert float(one.compute()) == before
    with pytest.raises(InputError, match="AUROC: found vectors of scores and maps"):
        other.merge_state(one.metric_state)


def test_a_reset_after_a_sync_lets_go_of_the_scores():
    maps, masks = images()
    metric = gt.AUROC()
    metric.update(maps, masks)
    scores = weakref.ref(metric.scores[0])
    metric.sync(dist_sync_fn=lambda tensor, **_: [tensor], distributed_available=lambda: True)
    metric.reset()
    gc.collect()
    assert scores() is None
    metric.update(maps, masks)
    assert float(metric.compute()) == gonogo.auroc(maps.numpy(), masks.numpy())
