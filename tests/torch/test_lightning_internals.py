"""Attributes of Lightning that are not public: still there, and still what they are taken for."""

import lightning.pytorch as pl
import pytest
import torch
from torch.utils.data import DataLoader

from gonogo.torch.lightning_internals import logged_step, stage_loader
from tests.torch.running import YieldsMaps, images, loader, trainer


class Seen(pl.Callback):
    """What is found in each batch of validation and test."""

    def __init__(self):
        self.loaders, self.steps = [], []

    def on_validation_batch_end(self, trainer, _model, _outputs, _batch, _index, dataloader_idx=0):
        self.loaders.append(stage_loader(trainer, "validation", dataloader_idx).dataset)
        self.steps.append(logged_step(trainer))

    def on_test_batch_end(self, trainer, _model, _outputs, _batch, _index, dataloader_idx=0):
        self.loaders.append(stage_loader(trainer, "test", dataloader_idx).dataset)
        self.steps.append(logged_step(trainer))


@pytest.fixture
def loaders():
    return [loader(*images(count), batch_size=count) for count in (4, 5, 6, 7)]


def test_loaders_and_steps_of_every_stage(loaders, tmp_path):
    seen, model = Seen(), YieldsMaps()
    run = trainer(
        tmp_path, [seen], max_epochs=2, num_sanity_val_steps=0, enable_checkpointing=False
    )
    run.fit(model, DataLoader(torch.zeros(3)), loaders[0])
    run.validate(model, loaders[1], verbose=False)
    run.test(model, loaders[2:], verbose=False)
    place = [loaders[i].dataset for i in (0, 0, 1, 2, 3)]
    assert all(one is wanted for one, wanted in zip(seen.loaders, place, strict=True))
    # Validations of fit are logged at the step before, as Lightning's own numbers are.
    assert seen.steps == [2, 5, 6, 6, 6]
    assert logged_step(trainer(tmp_path)) == 0
