"""Every real dtype through every metric: the value of the same numbers in float64, exactly."""

import numpy as np
import pytest
import torch

import gonogo
import gonogo.torch as gt
from gonogo.errors import InputError
from gonogo.torch import count_maps
from tests.torch.registry import REGISTRY
from tests.torch.running import YieldsMaps, loader, trainer
from tests.torch.tester import same

UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTEGERS = [*UNSIGNED, "int8", "int16", "int32", "int64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]
LARGE = {"uint32": 2**32 - 64, "uint64": 2**52, "int64": 2**52, "int32": 2**31 - 64}
"""Beyond the 2 ** 24 up to which float32 keeps integers apart."""


def maps(start=0):
    """Maps of small numbers above a start, ties among them, and masks."""
    rng = np.random.default_rng(3)
    masks = np.zeros((4, 6, 7), bool)
    masks[1, 1:4, 2:5] = masks[2, 0, :3] = masks[2, 4:, 5:] = masks[3, 2, 2] = True
    values = rng.integers(25, 40, masks.shape) + 3 * masks + start
    return torch.from_numpy(values.astype(np.float64)), torch.from_numpy(masks)


def cast(values, dtype):
    if dtype == "bfloat16":
        return values.bfloat16()
    return torch.from_numpy(values.numpy().astype(dtype))


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
@pytest.mark.parametrize("case", REGISTRY, ids=str)
def test_every_dtype_is_the_same_numbers(case, dtype):
    values, masks = maps()
    metric = case.make()
    given = case.values(values, masks)
    metric.update(*(one if one.dtype == torch.bool else cast(one, dtype) for one in given))
    assert same(*without_thresholds(case, metric.compute(), case.expected(values, masks)))


def without_thresholds(case, found, wanted):
    """Thresholds of curves that lie beside a score are the next number of its own precision."""
    curve = case.of in (gt.ROC, gt.PROCurve, gt.BinaryPrecisionRecallCurve)
    return (found[:2], wanted[:2]) if curve else (found, wanted)


@pytest.mark.parametrize("dtype", LARGE)
@pytest.mark.parametrize(
    "of", [gt.AUROC, gt.AUPR, gt.AUPRO, gt.F1Max, gt.F1AdaptiveThreshold, gt.MinMax]
)
def test_integers_that_float32_does_not_hold(of, dtype):
    values, masks = maps(LARGE[dtype])
    metric, wanted = of(), of()
    given = (masks,) if of is not gt.MinMax else ()
    metric.update(cast(values, dtype), *given)
    wanted.update(values, *given)
    assert torch.equal(metric.compute(), wanted.compute())
    if of in (gt.F1Max, gt.F1AdaptiveThreshold):
        threshold = float(metric.threshold)
        assert threshold == gonogo.f1_max(values.numpy(), masks.numpy()).threshold
        f1 = gt.F1Score(threshold=threshold)
        f1.update(cast(values, dtype), masks)
        assert float(f1.compute()) == float(metric.best.value)


def test_integers_that_float64_does_not_hold_are_refused():
    for dtype in (torch.int64, torch.uint64):
        scores = torch.tensor([1, 2**53 + 1], dtype=torch.int64).to(dtype)
        with pytest.raises(InputError, match=r"beyond the 2\*\*53 that float64 keeps apart"):
            gt.AUROC().update(scores, torch.tensor([0, 1]))


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_decisions_of_a_threshold(dtype):
    values, masks = maps()
    fitted = gonogo.fit_threshold(values.numpy(), masks.numpy(), policy="f1", level="pixel")
    decided = fitted.decide(cast(values, dtype))
    assert torch.equal(decided, values >= fitted.value)


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("threshold", [-1.0, 0.0, 0.5, 7.0, 200.5, 255.0, 1e30, float("inf")])
def test_decisions_at_the_ends_of_unsigned_integers(dtype, threshold):
    most = np.iinfo(dtype).max
    values = np.array([0, 1, 7, 200, most // 2, most // 2 + 1, most], dtype)
    decided = gonogo.decisions.at_least(torch.from_numpy(values), threshold)
    assert decided.tolist() == [int(value) >= threshold for value in values.tolist()]


@pytest.mark.parametrize("mode", ["exact", "certified"])
@pytest.mark.parametrize("dtype", UNSIGNED)
def test_both_modes_take_unsigned_integers(dtype, mode):
    values, masks = maps()
    metric = gt.AUROC(mode=mode)
    metric.update(cast(values, dtype), masks)
    metric.compute()
    exact = gonogo.auroc(values.numpy(), masks.numpy())
    assert metric.interval.low <= exact <= metric.interval.high


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_a_run_by_defect_and_thresholds(dtype, tmp_path):

    class Integers(YieldsMaps):
        def step(self, batch):
            step = super().step(batch)
            step.anomaly_map = cast(step.anomaly_map, dtype)
            step.pred_score = None
            return step

    values, masks = maps()
    evaluator = gt.Evaluator(
        test_metrics=[gt.AUROC(fields=["anomaly_map", "gt_mask"])], figures=False
    )
    thresholds = gt.ThresholdCallback("f1", "f1")
    run = trainer(tmp_path, [thresholds, evaluator])
    run.validate(Integers(), loader(values, masks), verbose=False)
    (logged,) = run.test(Integers(), loader(values, masks), verbose=False)
    exact = gonogo.auroc(values.numpy(), masks.numpy())
    assert logged == {"AUROC": exact, "AUROC_by_defect/bad": exact}
    assert (
        thresholds.pixel_threshold.value == gonogo.f1_max(values.numpy(), masks.numpy()).threshold
    )


def views(array):
    """The same numbers in memory that torch cannot look at, or warns of."""
    read_only = array.copy()
    read_only.flags.writeable = False
    swapped = array.astype(array.dtype.newbyteorder()) if array.dtype.itemsize > 1 else array
    return {
        "negative strides": np.ascontiguousarray(array[..., ::-1])[..., ::-1],
        "transposed": np.ascontiguousarray(array.T).T,
        "read-only": read_only,
        "other byte order": swapped,
    }


@pytest.mark.parametrize("kind", views(np.zeros(1)))
@pytest.mark.parametrize("case", REGISTRY, ids=str)
def test_arrays_of_any_layout(case, kind):
    values, masks = maps()
    given = [views(one.numpy())[kind] for one in case.values(values, masks)]
    metric = case.make()
    metric.update(*given)
    assert same(metric.compute(), case.expected(values, masks))


def test_counts_of_unsigned_maps():
    values, masks = maps()
    wanted = count_maps(values, masks)
    for dtype in UNSIGNED:
        counts = count_maps(cast(values, dtype), masks)
        assert torch.equal(counts.grid, wanted.grid)
