"""Values by defect, whatever form a batch has: those of ``result.by_defect``."""

import numpy as np
import pytest
import torch
import torchmetrics
from torchmetrics.classification import BinaryF1Score

import gonogo
from gonogo.torch import AUPRO, AUROC, F1Max, MinMax, create_anomaly_metric
from gonogo.torch.by_defect import ByDefect
from tests.torch.running import images

FIELDS = ["anomaly_map", "gt_mask"]
FORMS = {
    "one channel": lambda maps, masks: (torch.tensor(maps)[:, None], torch.tensor(masks)),
    "bytes": lambda maps, masks: (torch.tensor(maps), torch.tensor(masks * np.uint8(255))),
    "halves": lambda maps, masks: (torch.tensor(maps).bfloat16(), torch.tensor(masks).int()),
    "arrays": lambda maps, masks: (maps.astype(np.float64), masks),
    "lists": lambda maps, masks: (list(torch.tensor(maps)), list(torch.tensor(masks))),
}


@pytest.fixture(scope="module")
def data():
    maps, masks = images()
    names = [("dent", "hole")[i % 2] if mask.any() else "good" for i, mask in enumerate(masks)]
    return maps, masks, names


@pytest.mark.parametrize("form", FORMS)
def test_forms(data, form):
    maps, masks, names = data
    metrics = [AUROC(fields=FIELDS), AUPRO(fields=FIELDS), F1Max(fields=FIELDS)]
    by_defect = ByDefect.of(metrics)
    for part in (slice(0, 5), slice(5, 6), slice(6, 12)):
        values = FORMS[form](maps[part], masks[part])
        paths = [f"/data/test/{name}/{i}.png" for i, name in enumerate(names[part])]
        by_defect.add(dict(zip(FIELDS, values, strict=True)), paths)
    given = torch.tensor(maps).bfloat16() if form == "halves" else maps
    wanted = gonogo.evaluate(given, masks, defects=names).by_defect
    assert by_defect.values() == {
        name: [one.pixel.auroc, one.pixel.aupro[0.3], one.pixel.f1_max.value]
        for name, one in wanted.items()
    }
    assert not metrics[0].update_called


def test_images_of_several_sizes(data):
    maps, masks, names = data
    by_defect = ByDefect.of([AUROC(fields=FIELDS)])
    cut = [maps[0][:20], *maps[1:]], [masks[0][:20], *masks[1:]]
    paths = [f"{name}/{i}.png" for i, name in enumerate(names)]
    by_defect.add(dict(zip(FIELDS, cut, strict=True)), paths)
    wanted = gonogo.evaluate(*cut, defects=names).by_defect
    assert by_defect.values() == {name: [one.pixel.auroc] for name, one in wanted.items()}


def test_what_does_not_name_a_defect(data):
    maps, masks, _ = data
    batch = {"anomaly_map": torch.tensor(maps), "gt_mask": torch.tensor(masks)}
    by_defect = ByDefect.of([AUROC(fields=FIELDS)])
    by_defect.add(batch, [f"{i}.png" for i in range(len(maps))])  # lies in no folder
    by_defect.add(batch, ["a/0.png"])  # not one for each
    by_defect.add({"anomaly_map": torch.tensor(maps)}, ["a/0.png"] * len(maps))
    assert by_defect.values() == {}


def test_metrics_that_compare_nothing():
    assert ByDefect.of([MinMax(fields=["anomaly_map"])]) is None


def test_torchmetrics_before_it_could_merge(monkeypatch):
    monkeypatch.delattr(torchmetrics.Metric, "merge_state", raising=False)
    fields = {"fields": ["pred_score", "gt_label"]}
    assert ByDefect.of([AUROC(**fields)]) is not None
    assert ByDefect.of([create_anomaly_metric(BinaryF1Score)(**fields)]) is None
