"""A Lightning module that yields stored maps, and what it takes to run it in a test."""

from __future__ import annotations

import warnings

import lightning.pytorch as pl
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from gonogo.torch import ImageBatch

QUIET = {
    "accelerator": "cpu",
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "max_epochs": 1,
    "log_every_n_steps": 1,
}

THEIRS = (
    "ignore:.*does not have many workers:",
    "ignore:.*`isinstance\\(treespec, LeafSpec\\)` is deprecated:",
)


class Stored(Dataset):
    """Images as dictionaries: the map and the mask, what they are of, and where."""

    def __init__(self, maps, masks, paths=None):
        self.maps, self.masks = maps, masks
        self.paths = paths or [
            f"test/{'bad' if m.any() else 'good'}/{i}.png" for i, m in enumerate(masks)
        ]

    def __len__(self):
        return len(self.maps)

    def __getitem__(self, place):
        return {
            "anomaly_map": torch.as_tensor(self.maps[place]),
            "gt_mask": torch.as_tensor(self.masks[place]),
            "image_path": self.paths[place],
        }


class YieldsMaps(pl.LightningModule):
    """Gives back the maps of its batch, as objects or as the dictionaries of anomalib 0 and 1."""

    def __init__(self, form="batch"):
        super().__init__()
        self.form = form
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def training_step(self, *_):
        return self.weight * 0.0

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)

    def step(self, batch):
        maps, masks = batch["anomaly_map"], batch["gt_mask"]
        scores, labels = maps.flatten(1).amax(1), masks.flatten(1).any(1)
        if self.form == "dict":
            return {
                "anomaly_maps": maps,
                "mask": masks,
                "pred_scores": scores,
                "label": labels,
                "image_path": batch["image_path"],
            }
        return ImageBatch(
            anomaly_map=maps,
            gt_mask=masks,
            pred_score=scores,
            gt_label=labels,
            image_path=batch["image_path"],
        )

    def validation_step(self, batch, _):
        return self.step(batch)

    def test_step(self, batch, *_):
        return self.step(batch)

    def predict_step(self, batch, _):
        return self.step(batch)


def images(count=12, size=24, seed=0):
    """Maps and masks, a third of them anomalous, with scores far from [0, 1]."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, size, size), bool)
    for place in range(0, count, 3):
        masks[place, 4:10, 5 : 9 + place % 5] = True
        masks[place, 15:18, 14:20] = True
    maps = (30.0 + rng.normal(size=masks.shape) + 2.0 * masks).astype(np.float32)
    return maps, masks


def loader(maps, masks, batch_size=4, paths=None):
    return DataLoader(Stored(maps, masks, paths), batch_size=batch_size)


def trainer(folder, callbacks=(), *, logger=False, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pl.Trainer(
            default_root_dir=folder, callbacks=list(callbacks), logger=logger, **(QUIET | options)
        )
