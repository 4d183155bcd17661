"""Images that Lightning's own sampler gives to several processes count once."""

import os
import pickle
import warnings

import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from lightning.pytorch.plugins.environments import TorchElasticEnvironment
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from torch.utils.data import BatchSampler, DataLoader
from torchmetrics import MeanMetric, Metric

import gonogo
from gonogo.errors import InputWarning
from gonogo.torch import (
    AUPR,
    AUROC,
    AnomalyMetric,
    CdfNormalizationCallback,
    Evaluator,
    F1Score,
    ThresholdCallback,
    create_anomaly_metric,
)
from tests.torch.gloo import in_processes
from tests.torch.running import trainer

SCORES = [5.0, 1.0, 2.0, 6.0, 3.0, 4.0, 0.5]
LABELS = [0, 0, 1, 1, 0, 1, 0]
"""Seven images for two processes: with the first one twice AUROC is 0.667, and not 0.75."""


Mean = create_anomaly_metric(MeanMetric)
"""Of all scores, which says how often each counts."""


class Untouched(AnomalyMetric, Metric):
    """The share of batches whose notes, which are not one per image, have come as they were."""

    full_state_update = False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.add_state("untouched", torch.tensor(0.0), dist_reduce_fx="sum")
        self.add_state("total", torch.tensor(0.0), dist_reduce_fx="sum")

    def update(self, batch):
        self.untouched = self.untouched + ((batch.note, batch.settings) == (NOTE, SETTINGS))
        self.total = self.total + 1.0

    def compute(self):
        return self.untouched / self.total


NOTE, SETTINGS = "ab", {"layers": 2, "backbone": "small"}
"""As long as some of the batches that a repeat is in."""


class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def training_step(self, *_):
        return self.weight * 0.0

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)

    def validation_step(self, batch, *_):
        return {"pred_score": batch["score"], "note": NOTE, "settings": SETTINGS}

    test_step = validation_step


class Grouped(BatchSampler):
    """A batch sampler of somebody's own, whose order nobody else knows."""


def images(count=7, paths=True, extra=()):
    """Images that are given in the order of the list, those named by ``extra`` once more."""
    parts = [
        {
            "score": torch.tensor(SCORES[i % 7] + i // 7 * 10),
            "gt_label": torch.tensor(LABELS[i % 7]),
            "image_path": f"test/{'dent' if LABELS[i % 7] else 'good'}/{i}.png",
        }
        for i in [*range(count), *extra]
    ]
    for part in parts:
        if not paths:
            del part["image_path"]
    return parts


def metrics(**options):
    score = {"fields": ["pred_score", "gt_label"], "prefix": "image_"}
    return [
        AUROC(**score, **options),
        AUPR(**score),
        F1Score(**score, threshold=2.0),
        Mean(fields=["pred_score"], prefix=""),
        Untouched(fields=["note", "settings"]),
    ]


def expected(count=7):
    scores = np.array([float(part["score"]) for part in images(count)])
    labels = np.array([int(part["gt_label"]) for part in images(count)])
    return {
        "image_AUROC": roc_auc_score(labels, scores),
        "image_AUPR": average_precision_score(labels, scores),
        "image_F1Score": f1_score(labels, scores >= 2.0),
        "MeanMetric": scores.mean(),
        "Untouched": 1.0,
    }


class Work:
    """What each of the processes does: fit with validation, then test, and say what it has."""

    def __init__(self, root):
        self.root = root

    def __call__(self, rank, world):
        os.environ |= {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(world),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": "0",
        }
        found = {}
        for paths in (True, False):
            for size in (1, 2, 3):
                found[paths, size] = self.whole(world, DataLoader(images(paths=paths), size))
        found["shuffled"] = self.tested(world, DataLoader(images(), 2, shuffle=True))
        found["divides"] = self.tested(world, DataLoader(images(8), 2))
        found["one image"] = self.tested(world, DataLoader(images(1), 2))
        found["two loaders"] = self.tested(
            world, [DataLoader(images(3), 2), DataLoader(images(7)[3:], 3)]
        )
        found["limited"] = self.tested(world, DataLoader(images(), 2), limit_test_batches=1)
        own = {"use_distributed_sampler": False}
        mine = images(7)[rank::world] + images(1)
        found["own share"] = self.tested(world, DataLoader(mine, 2), **own)
        for paths in (True, False):
            grouped = Grouped(range(7), batch_size=2, drop_last=False)
            data = DataLoader(images(paths=paths), batch_sampler=grouped)
            found["grouped", paths] = self.tested(world, data)
            found["fit", paths] = self.fitted(world, data)
        crops = images(7)[rank::world]
        found["crops"] = self.tested(world, DataLoader(crops + crops, 2), **own)
        return found

    def run(self, world, callbacks, **options):
        return trainer(
            self.root / "runs",
            callbacks,
            devices=world,
            strategy="ddp",
            plugins=[TorchElasticEnvironment()],
            num_sanity_val_steps=0,
            enable_checkpointing=False,
            **options,
        )

    def whole(self, world, data):
        thresholds, scale = ThresholdCallback("f1", None), CdfNormalizationCallback()
        evaluator = Evaluator(metrics(), metrics(), figures=False)
        run = self.run(world, [thresholds, evaluator, scale])
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            run.fit(Model(), DataLoader(torch.zeros(4)), data)
            validated = {name: float(value) for name, value in run.callback_metrics.items()}
            tested = run.test(Model(), data, verbose=False)[0]
        threshold = thresholds.image_threshold
        return {
            "validated": validated,
            "tested": tested,
            "threshold": threshold.value,
            "scale": scale.state_dict(),
            "warned": texts(said),
        }

    def fitted(self, world, data):
        callbacks = [ThresholdCallback("f1", None), Evaluator(metrics(), figures=False)]
        run = self.run(world, callbacks, max_epochs=2)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            run.fit(Model(), DataLoader(torch.zeros(4)), data)
        return texts(said)

    def tested(self, world, data, **options):
        run = self.run(world, [Evaluator(None, metrics(), figures=False)], **options)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            run.test(Model(), data, verbose=False)
        return {name: float(v) for name, v in run.callback_metrics.items()}, texts(said)


def texts(said):
    return [str(one.message) for one in said if issubclass(one.category, InputWarning)]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    root = tmp_path_factory.mktemp("repeats")
    (root / "store").mkdir()
    one, two = in_processes(Work(root), 2, root / "store")
    assert pickle.dumps(one["one image"]) == pickle.dumps(two["one image"])
    return one


@pytest.mark.parametrize("paths", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_was_logged_is_that_of_the_distinct_images(found, paths, size):
    run = found[paths, size]
    wanted = expected()
    assert wanted["image_AUROC"] == 0.75
    for name, value in wanted.items():
        exact = {"rel": 1e-6 if name == "MeanMetric" else 1e-12}
        assert run["tested"][name] == pytest.approx(value, **exact)
        assert run["validated"][name] == pytest.approx(value, **exact)
        assert run["validated"][f"val_{name}"] == pytest.approx(value, **exact)
    if paths:
        assert run["tested"]["image_AUROC_by_defect/dent"] == 0.75
    assert run["warned"] == []


@pytest.mark.parametrize("paths", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_was_fitted_is_that_of_the_distinct_images(found, paths, size):
    run = found[paths, size]
    scores, labels = np.array(SCORES), np.array(LABELS, bool)
    alone = gonogo.fit_threshold(scores, labels, policy="f1")
    assert run["threshold"] == alone.value
    scale = gonogo.Cdf.fit(scores[~labels], 1.0)
    assert run["scale"]["image"] == {"mean": scale.mean, "std": scale.std}


@pytest.mark.parametrize(("case", "count"), [("shuffled", 7), ("divides", 8), ("two loaders", 7)])
def test_other_loaders(found, case, count):
    logged, warned = found[case]
    assert logged["image_AUROC"] == pytest.approx(expected(count)["image_AUROC"], rel=1e-12)
    assert logged["MeanMetric"] == pytest.approx(expected(count)["MeanMetric"], rel=1e-6)
    assert warned == []


def test_a_process_whose_only_image_is_a_repeat(found):
    assert found["one image"][0]["MeanMetric"] == SCORES[0]


def test_a_run_that_ends_before_the_repeat(found):
    logged, warned = found["limited"]
    assert logged["MeanMetric"] == np.mean(SCORES[:4])
    assert warned == []


def test_repeats_of_ones_own_are_told_by_their_paths(found):
    logged, (warned,) = found["own share"]
    assert logged["MeanMetric"] == pytest.approx(np.mean([*SCORES, SCORES[0], SCORES[0]]), rel=1e-6)
    assert "found 1 images in more than one process, the first 'test/good/0.png'" in warned


def test_repeats_that_cannot_be_told_apart_are_told(found):
    assert "1 images in more than one process" in found["grouped", True][1][0]
    (warned,) = found["grouped", False][1]
    assert "the sampler of the test loader repeats images" in warned
    assert "use_distributed_sampler=False" in warned


@pytest.mark.parametrize("paths", [True, False])
def test_each_callback_warns_once_in_fit(found, paths):
    told = "1 images in more than one process" if paths else "the validation loader repeats images"
    warned = found["fit", paths]
    assert sorted(text.partition(":")[0] for text in warned) == ["Evaluator", "ThresholdCallback"]
    assert all(told in text for text in warned)


def test_several_views_of_an_image_in_one_process_all_count(found):
    logged, warned = found["crops"]
    assert logged["MeanMetric"] == pytest.approx(expected()["MeanMetric"], rel=1e-6)
    assert warned == []
