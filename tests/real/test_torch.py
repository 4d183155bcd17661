"""Metrics in batches of real boards: the bits of the functions, the numbers of other people."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo
from tests.real.test_deeppcb import PUBLISHED

torch = pytest.importorskip("torch", reason="torch is not installed")

from torchmetrics import MetricCollection  # noqa: E402 - needs torch

import gonogo.torch as gt  # noqa: E402 - needs torch

PIXELS, IMAGES = ["anomaly_map", "gt_mask"], ["pred_score", "gt_label"]


def metrics(fields, prefix):
    options = {"fields": fields, "prefix": prefix}
    found = [gt.AUROC(**options), gt.AUPR(**options), gt.F1Max(**options)]
    if fields is PIXELS:
        found += [gt.AUPRO(**options, fpr_limit=limit) for limit in (0.3, 0.05, 0.01)]
    return {f"{one.name}{place}": one for place, one in enumerate(found)}


@pytest.fixture(scope="module", params=PUBLISHED)
def boards(request, deeppcb):
    """Maps and masks of one model, as tensors."""
    maps, masks = [], []
    for path in sorted((deeppcb / "maps" / request.param / "test").glob("*/*.tiff")):
        maps.append(tifffile.imread(path))
        truth = deeppcb / "ground_truth" / path.parent.name / f"{path.stem}_mask.png"
        shape = maps[-1].shape
        masks.append(np.array(Image.open(truth)) if truth.exists() else np.zeros(shape, np.uint8))
    return request.param, torch.from_numpy(np.stack(maps)), torch.from_numpy(np.stack(masks))


@pytest.mark.parametrize("size", [1, 16])
def test_values_in_batches_are_those_of_the_functions_and_of_others(boards, size):
    model, maps, masks = boards
    collection = MetricCollection({**metrics(PIXELS, "pixel_"), **metrics(IMAGES, "image_")})
    for first in range(0, len(maps), size):
        some, truth = maps[first : first + size], masks[first : first + size]
        batch = gt.ImageBatch(
            anomaly_map=some,
            gt_mask=truth,
            pred_score=some.amax((1, 2)),
            gt_label=truth.amax((1, 2)),
        )
        collection.update(batch)
    assert sorted(map(len, collection.compute_groups.values())) == [3, 6]
    found = {name: float(value) for name, value in collection.compute().items()}
    images = maps.amax((1, 2)).numpy(), masks.amax((1, 2)).numpy()
    pixels = maps.numpy(), masks.numpy()
    for level, data in (("image", images), ("pixel", pixels)):
        three = [found[f"{level}_{name}"] for name in ("AUROC0", "AUPR1", "F1Max2")]
        best = gonogo.f1_max(*data)
        assert three == [gonogo.auroc(*data), gonogo.average_precision(*data), best.value]
        assert three[:2] == pytest.approx(PUBLISHED[model][level], rel=1e-12)
    wanted = gonogo.aupros(*pixels, fpr_limits=(0.3, 0.05, 0.01))
    areas = [found[f"pixel_AUPRO{place}"] for place in (3, 4, 5)]
    assert areas == list(wanted.values())
    assert areas == pytest.approx(list(PUBLISHED[model]["aupro"].values()), abs=1e-6)
    best = PUBLISHED[model]["f1_max"]
    threshold = float(collection._modules["pixel_F1Max2"].threshold)
    assert (round(found["pixel_F1Max2"], 6), round(threshold, 6)) == best


def test_certified_values_contain_the_exact_ones(boards):
    _, maps, masks = boards
    for of in (gt.AUROC, gt.AUPR, gt.AUPRO, gt.F1Max):
        exact, certified = of(), of(mode="certified")
        for metric in (exact, certified):
            metric.update(maps, masks)
            metric.compute()
        assert certified.interval.low <= exact.interval.low <= certified.interval.high
        assert certified.interval.error < (3e-3 if of is gt.AUPR else 1e-3)
