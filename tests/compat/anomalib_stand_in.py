"""What of anomalib 2 an evaluator meets, written from what its contract says; see test_anomalib_2x.

The model checks its evaluator with ``isinstance``; its post-processor rewrites the scores of test
batches before the evaluator sees them; callbacks come from the model.
"""

from __future__ import annotations

import types
import warnings

import lightning.pytorch as pl
import torch
from torch import nn


class Evaluator(nn.Module, pl.Callback):
    """Takes the same arguments; every hook of it fails, so that none may be what runs."""

    def __init__(self, val_metrics=None, test_metrics=None, compute_on_cpu=True):
        super().__init__()
        self.val_metrics = nn.ModuleList(val_metrics or [])
        self.test_metrics = nn.ModuleList(test_metrics or [])
        self.compute_on_cpu = compute_on_cpu

    def _fail(self, *_, **__):
        raise AssertionError("anomalib's own evaluator ran")

    setup = on_validation_batch_end = on_test_batch_end = _fail
    on_validation_epoch_end = on_test_epoch_end = _fail


class PostProcessor(nn.Module, pl.Callback):
    """Labels and squashed scores, put in the place of raw ones by rebinding fields."""

    def __init__(self, threshold, low, high):
        super().__init__()
        self.threshold, self.low, self.high = threshold, low, high

    def on_test_batch_end(self, _trainer, _module, outputs, *_):
        for name, decided in (("pred_score", "pred_label"), ("anomaly_map", "pred_mask")):
            place = (outputs[name] - self.threshold) / (self.high - self.low) + 0.5
            outputs.update(**{name: place.clamp(0, 1)})
            if outputs[decided] is None:
                outputs.update(**{decided: outputs[name] > 0.5})


class Patchcore(pl.LightningModule):
    """A model with the constructor's check."""

    def __init__(self, evaluator=True, post_processor=None):
        super().__init__()
        with warnings.catch_warnings():  # that modules are saved anyway
            warnings.simplefilter("ignore")
            self.save_hyperparameters(ignore=["post_processor"])
        self.post_processor = post_processor
        self.evaluator = self._resolve_component(evaluator)

    @staticmethod
    def _resolve_component(component):
        if isinstance(component, bool):
            return Evaluator() if component else None
        if isinstance(component, Evaluator):
            return component
        raise TypeError(f"Passed object should be {Evaluator} or bool, got: {type(component)}")

    def configure_callbacks(self):
        both = self.post_processor, self.evaluator
        return [one for one in both if isinstance(one, pl.Callback)]

    def test_step(self, batch, *_):
        return batch

    def validation_step(self, batch, *_):
        return batch

    def configure_optimizers(self):
        return None


def modules():
    """``anomalib`` and ``anomalib.metrics``, to put into ``sys.modules``."""
    anomalib, metrics = types.ModuleType("anomalib"), types.ModuleType("anomalib.metrics")
    anomalib.__spec__ = types.SimpleNamespace(name="anomalib")
    metrics.Evaluator = Evaluator
    anomalib.metrics = metrics
    return {"anomalib": anomalib, "anomalib.metrics": metrics}


def collated(items):
    """The batches of a loader as they are."""
    (batch,) = items
    return batch.update(in_place=False)


def tensors(batch):
    return {name: torch.as_tensor(batch[name]) for name in batch.keys(include_none=False)}
