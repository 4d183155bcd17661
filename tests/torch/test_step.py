"""What a step gave, under one roof: outputs before the batch, in the spelling of any version."""

from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from gonogo.errors import InputError
from gonogo.torch import ImageBatch
from gonogo.torch.step import Step


def test_outputs_come_before_the_batch():
    outputs = {"pred_scores": torch.tensor([3.0]), "label": None}
    batch = SimpleNamespace(label=torch.tensor([1]), pred_scores=torch.tensor([4.0]))
    step = Step(outputs, batch)
    assert step["pred_score"] == 3.0
    assert step["gt_label"] == 1
    assert "anomaly_map" not in step
    assert step.get("anomaly_map") is None
    assert list(step) == ["pred_scores", "label"]
    assert len(step) == 2


@pytest.mark.parametrize("outputs", [None, torch.zeros(2), [1, 2], 0.5])
def test_outputs_without_fields_are_passed_over(outputs):
    step = Step(outputs, {"pred_score": 1.0})
    assert step["pred_score"] == 1.0


def test_values_are_written_where_the_others_are():
    outputs, batch = {"pred_scores": 3.0, "anomaly_maps": 2.0}, {"label": 1}
    step = Step(outputs, batch)
    step.write("pred_score", 0.3)
    step.write("pred_label", True, beside="pred_score")
    step.write("pred_mask", False, beside="anomaly_map")
    assert outputs == {
        "pred_scores": 0.3, "anomaly_maps": 2.0, "pred_labels": True, "pred_masks": False,
    }  # fmt: skip
    assert batch == {"label": 1}
    record = ImageBatch(pred_score=[0.1])
    Step(record, record).write("pred_label", [True], beside="pred_score")
    assert record.pred_label.tolist() == [True]


def test_what_cannot_be_written_to_says_so():
    outputs = namedtuple("Outputs", ["pred_score"])(torch.zeros(1))
    with pytest.raises(InputError, match="pred_score cannot be written to Outputs"):
        Step(outputs).write("pred_score", torch.ones(1))


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        (["a.png", Path("b.png")], ["a.png", "b.png"]),
        ("test/dent/a.png", ["test/dent/a.png"]),
        (Path("a.png"), ["a.png"]),
        (None, []),
    ],
)
def test_paths_of_the_images(given, paths):
    assert Step({"image_path": given}).image_paths == paths
