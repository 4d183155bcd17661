"""Two and three processes, of unequal shares, give the bits that one gives."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pytest
import torch
from torchmetrics import MetricCollection

import gonogo.torch as gt
from gonogo import InputWarning, MergeError, UndefinedMetricWarning
from tests.torch.gloo import in_worlds, parts
from tests.torch.registry import RANKING, REGISTRY, images
from tests.torch.tester import arrays

SHARES = {2: [0, 5, 12], 3: [0, 0, 11, 12]}
"""Where the images of one process end and those of the next begin; the first of three has none."""
SMALL = "1MiB"


WHOLE = [case for case in REGISTRY if not case.images or case.of is gt.AUROC]
SOME = [case for case in RANKING if case.of in (gt.AUROC, gt.AUPRO, gt.F1Max, gt.PROCurve)]
COUNTED = [case for case in SOME if not case.images]


def settings():
    """Every metric as it is, and some in the other modes, with more data than fits."""
    cases = [(case, {}, 24) for case in WHOLE]
    cases += [(case, {"mode": "certified"}, 24) for case in COUNTED[:1]]
    cases += [(case, {"budget": SMALL}, 192) for case in COUNTED]
    return cases


def computed(shares, rank):
    """The value of every metric, of the images that fall to one process.

    Also in the middle of an epoch, where all have images: a process that was not updated since
    gives what torchmetrics keeps of the last time, without asking others.
    """
    found = []
    for case, options, side in settings():
        maps, masks = images(side=side)
        metric = case.make(**options)
        half = len(parts(shares, rank)) // 2
        for place in parts(shares, rank)[:half]:
            metric.update(*case.values(maps[place : place + 1], masks[place : place + 1]))
        if len({*shares}) == len(shares) > 2:
            metric.compute()
        for place in parts(shares, rank)[half:]:
            metric.update(*case.values(maps[place : place + 1], masks[place : place + 1]))
        once, name = arrays(metric.compute()), getattr(metric, "mode", "exact")
        again = arrays(metric.compute())
        found.append((str(case), once, again, name, getattr(metric, "interval", None)))
    return found


def work(rank, world):
    return computed(SHARES[world], rank), together(rank, world), refused(rank)


def together(rank, world):
    """A collection, whose metrics share a state that only some processes have."""
    warnings.simplefilter("ignore")
    maps, masks = images()
    collection = MetricCollection([gt.AUROC(), gt.AUPRO(), gt.F1Max(), gt.F1Score(threshold=33.0)])
    for place in parts(SHARES[world], rank):
        collection.update(maps[place : place + 1], masks[place : place + 1])
    found = {name: float(value) for name, value in collection.compute().items()}
    collection.reset()
    for place in parts(SHARES[world], rank):
        collection.update(maps[place : place + 1], masks[place : place + 1])
    return found, {name: float(value) for name, value in collection.compute().items()}


def refused(rank):
    """What a process hears of another that counts with other settings."""
    metric = gt.AUROC(budget=f"{rank + 1}MiB")
    metric.update(torch.rand(4), torch.tensor([0, 1, 0, 1]))
    try:
        metric.compute()
    except MergeError as error:
        return str(error)
    return None


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    return in_worlds(work, [3, 2], tmp_path_factory.mktemp("gloo"))


@pytest.fixture(params=SHARES)
def processes(request, worlds):
    return worlds[request.param]


@pytest.fixture(scope="module")
def alone():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return computed([0, 12], 0)


def test_all_processes_give_the_bits_of_one(processes, alone):
    for one in processes:
        for found, wanted in zip(one[0], alone, strict=True):
            assert found[0] == wanted[0]
            for bits in found[1:3]:
                assert all(map(partial(np.array_equal, equal_nan=True), bits, wanted[1])), found[0]
            assert found[4] == wanted[4]


def test_counts_are_exact_or_certified_by_all_images_together(processes, alone):
    for found in (alone, *(one[0] for one in processes)):
        modes = [value[3] for value in found]
        assert modes[: len(WHOLE)] == ["exact"] * len(WHOLE)
    assert {value[3] for value in alone[len(WHOLE) :]} == {"certified"}


def test_a_collection_over_processes_some_of_which_never_updated(processes):
    maps, masks = images()
    wanted = [gt.AUROC()(maps, masks), gt.AUPRO()(maps, masks), gt.F1Max()(maps, masks)]
    for _, (once, again), _ in processes:
        assert [once[name] for name in ("AUROC", "AUPRO", "F1Max")] == list(map(float, wanted))
        assert once == again


def test_processes_that_count_differently_are_told_so(processes):
    for *_, told in processes:
        assert "cannot add states that count other fields, or with other settings" in told


class Recorded:
    """A gathering of this process and its twin, that notes what it would have sent."""

    def __init__(self):
        self.bytes = 0

    def __call__(self, tensor, group=None):  # noqa: ARG002
        self.bytes += tensor.numel() * tensor.element_size()
        return [tensor, tensor.clone()]


def recorded(case, **options):
    record = Recorded()
    return record, case(dist_sync_fn=record, distributed_available_fn=lambda: True, **options)


def test_exact_sync_sends_the_anomalous_scores_and_no_map():
    maps, masks = images(side=256)
    masks[-1] = False
    record, metric = recorded(gt.AUPRO)
    metric.update(maps, masks)
    found = metric.compute()
    assert float(found) == pytest.approx(float(gt.AUPRO()(maps, masks)), rel=1e-12)
    assert record.bytes < 30 * int(masks.sum()) < maps.numel() * 4 / 2


def test_certified_sync_sends_counts_of_one_size():
    sizes = set()
    for count in (3, 9):
        maps, masks = images(count, side=128)
        record, metric = recorded(gt.AUROC, mode="certified", budget=SMALL)
        metric.update(maps, masks)
        metric.compute()
        sizes.add(record.bytes)
    (size,) = sizes
    assert size < 1.1 * 2**20


def test_after_a_sync_everything_is_where_it_was():
    maps, masks = images()
    _, metric = recorded(gt.AUROC)
    metric.update(maps, masks)
    before = dict(metric.metric_state)
    metric.sync(metric.dist_sync_fn)
    assert int(metric.counted[0]) == 2 * maps.numel()
    metric.unsync()
    assert all(metric.metric_state[name] is value for name, value in before.items())


def test_forward_that_syncs_every_step_gives_the_value_of_all_processes():
    maps, masks = images()
    record = Recorded()
    metric = gt.AUPRO(
        dist_sync_fn=record, distributed_available_fn=lambda: True, dist_sync_on_step=True
    )
    for first, last in ((0, 6), (6, 12)):
        alone = gt.AUPRO()(maps[first:last], masks[first:last])
        found = metric(maps[first:last], masks[first:last])
        assert float(found) == pytest.approx(float(alone), rel=1e-12)
    assert float(metric.compute()) == pytest.approx(float(gt.AUPRO()(maps, masks)), rel=1e-12)
    assert len(metric.scores) == 2


def test_an_empty_world_is_undefined_and_not_stuck():
    _, metric = recorded(gt.AUROC)
    metric.update(torch.empty(0), torch.empty(0, dtype=torch.bool))
    with pytest.warns(UndefinedMetricWarning):
        assert torch.isnan(metric.compute())


def test_warns_once_when_it_goes_over_to_the_grid():
    maps, masks = images(side=192)
    metric = gt.AUROC(budget=SMALL)
    with pytest.warns(InputWarning, match="more than 1048576 bytes"):
        metric.update(maps, masks)
    metric.update(maps, masks)  # warnings are errors here
    assert metric.mode == "certified"
