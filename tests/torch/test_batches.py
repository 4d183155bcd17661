"""Batches: shapes that agree, fields by name, one by one and back."""

import copy
import pickle

import numpy as np
import pytest
import torch

from gonogo.errors import InputError
from gonogo.torch import ImageBatch, ImageItem


@pytest.fixture
def batch():
    return ImageBatch(
        image=torch.rand(4, 3, 8, 8),
        pred_score=torch.rand(4, 1),
        pred_label=torch.randint(2, (4,)),
        gt_label=[0, 1, 0, 1],
        anomaly_map=torch.rand(4, 1, 8, 8),
        image_path=[f"test/good/{i}.png" for i in range(4)],
    )


def test_an_axis_of_one_is_dropped(batch):
    assert batch.anomaly_map.shape == (4, 8, 8)
    assert batch.pred_score.shape == (4,)
    assert ImageBatch(pred_score=torch.rand(1, 1), anomaly_map=torch.rand(1, 1, 1, 1)).keys(
        include_none=False
    ) == ["anomaly_map", "pred_score"]
    assert ImageBatch(anomaly_map=torch.rand(1, 1, 9)).anomaly_map.shape == (1, 1, 9)


def test_values_are_kept_as_given(batch):
    maps = np.random.default_rng(0).normal(size=(4, 8, 8)).astype(np.float16) * 100
    batch.anomaly_map = maps
    assert batch.anomaly_map is maps
    assert batch.gt_label.tolist() == [0, 1, 0, 1]


def test_items_and_back(batch):
    items = batch.items
    assert len(items) == len(batch) == len(list(batch)) == 4
    assert all(isinstance(item, ImageItem) for item in items)
    assert items[2].image_path == "test/good/2.png"
    assert items[2].gt_mask is None
    again = ImageBatch.collate(items)
    for name in batch.keys(include_none=False):
        same = batch[name] == again[name]
        assert same if isinstance(same, bool) else same.all()
    assert again.gt_mask is None


def test_fields_by_name(batch):
    assert batch["gt_label"] is batch.gt_label
    assert batch.keys()[:3] == ["image", "gt_label", "gt_mask"]
    with pytest.raises(KeyError, match="Field 'scores' not found in ImageBatch"):
        batch["scores"]
    assert batch.update(gt_label=[1, 1, 1, 1]) is batch
    other = batch.update(in_place=False, pred_score=None)
    assert (other.pred_score, batch.pred_score.shape) == (None, (4,))
    assert other.gt_label is batch.gt_label


def test_copies(batch):
    for other in (copy.deepcopy(batch), pickle.loads(pickle.dumps(batch)), batch.to("cpu")):
        assert torch.equal(other.anomaly_map, batch.anomaly_map)
        assert other.image_path == batch.image_path
    assert isinstance(batch.to_numpy().anomaly_map, np.ndarray)
    assert repr(batch).startswith("<ImageBatch: image (4, 3, 8, 8), gt_label (4,), ")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"anomaly_map": torch.rand(4, 3, 8, 8)}, r"anomaly_map of shape \(4, 3, 8, 8\); expected"),
        ({"pred_score": torch.rand(4, 2)}, r"pred_score of shape \(4, 2\); expected \(N\)"),
        ({"image": torch.rand(3, 8, 8)}, r"image of shape \(3, 8, 8\); expected \(N, C, H, W\)"),
        ({"gt_label": [0, 1], "pred_score": torch.rand(3)}, "3 of pred_score in a batch of 2"),
        ({"gt_label": [0, 1], "image_path": ["a"]}, "1 of image_path in a batch of 2 images"),
        ({"image_path": "a.png"}, "image_path str; expected a list of paths"),
    ],
)
def test_what_does_not_fit_is_refused(fields, message):
    with pytest.raises(InputError, match=message):
        ImageBatch(**fields)


def test_other_mistakes(batch):
    with pytest.raises(InputError, match=r"anomaly_map of shape \(2, 8, 8\); expected \(H, W\)"):
        ImageItem(anomaly_map=torch.rand(2, 8, 8))
    with pytest.raises(InputError, match="found the field 'pred_scores'; expected one of image"):
        batch.update(pred_scores=torch.rand(4))
    with pytest.raises(AttributeError):
        batch.pred_scores = torch.rand(4)
    with pytest.raises(InputError, match="found no image"):
        ImageBatch.collate([])
    with pytest.raises(InputError, match="item 0 has no gt_label, which others have"):
        ImageBatch.collate([ImageItem(pred_score=0.5), ImageItem(gt_label=0)])


def test_lightning_moves_a_batch(batch):
    from lightning.fabric.utilities.apply_func import move_data_to_device

    moved = move_data_to_device(batch, torch.device("meta"))
    assert isinstance(moved, ImageBatch)
    assert moved.anomaly_map.device.type == "meta"
    assert moved.image_path == batch.image_path
