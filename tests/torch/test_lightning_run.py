"""A Lightning run over a folder of maps: what it logs is what ``gonogo evaluate`` says of it.

Over a small folder that is written here and over real boards, in one process and in two.
"""

import csv
import json
import os

import pytest
import torch
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.plugins.environments import TorchElasticEnvironment
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.data import DataLoader, Dataset, Subset
from typer.testing import CliRunner

import gonogo
from gonogo.cli.app import app
from gonogo.datasets import find_categories
from gonogo.torch import (
    AUPR,
    AUPRO,
    AUROC,
    Evaluator,
    F1Max,
    F1Score,
    MinMaxNormalizationCallback,
    ThresholdCallback,
)
from tests.conftest import SHARED
from tests.datasets.conftest import write_mvtec
from tests.torch.gloo import in_processes
from tests.torch.running import YieldsMaps, trainer


class Folder(Dataset):
    """Stored maps with their masks; the path says which defect it is."""

    def __init__(self, maps, truth):
        ((_, self.files),) = find_categories(maps, truth).items()

    def __len__(self):
        return len(self.files)

    def __getitem__(self, place):
        file = self.files[place]
        map_, mask = file.load()
        truth = torch.zeros(map_.shape, dtype=bool) if mask is None else torch.tensor(mask)
        return {"anomaly_map": torch.tensor(map_), "gt_mask": truth, "image_path": file.name}


def metrics():
    image = {"fields": ["pred_score", "gt_label"], "prefix": "image_"}
    pixel = {"fields": ["anomaly_map", "gt_mask"], "prefix": "pixel_"}
    return [
        *(one(**level) for one in (AUROC, AUPR, F1Max) for level in (image, pixel)),
        AUPRO(**pixel),
        F1Score(fields=["pred_label", "gt_label"], prefix="image_"),
        F1Score(fields=["pred_mask", "gt_mask"], prefix="pixel_"),
    ]


def callbacks():
    """Thresholds, then metrics of decisions and of raw scores, then scores for people to read."""
    return [
        ThresholdCallback("f1", "f1"),
        Evaluator(test_metrics=metrics()),
        MinMaxNormalizationCallback(),
    ]


def expected(maps, truth, out):
    """What ``gonogo evaluate`` writes, under the names that the Evaluator logs."""
    run = CliRunner().invoke(app, ["evaluate", str(maps), str(truth), "--out", str(out)])
    assert run.exit_code == 0, run.output
    (found,) = json.loads((out / "results.json").read_text())["categories"].values()
    wanted = {}
    for suffix, part in [
        ("", found),
        *((f"_by_defect/{k}", v) for k, v in found["by_defect"].items()),
    ]:
        for level in ("image", "pixel"):
            numbers = part[level]
            wanted[f"{level}_AUROC{suffix}"] = numbers["auroc"]
            wanted[f"{level}_AUPR{suffix}"] = numbers["average_precision"]
            wanted[f"{level}_F1Max{suffix}"] = numbers["f1_max"]["value"]
        (wanted[f"pixel_AUPRO{suffix}"],) = (
            one["value"] for one in part["pixel"]["aupro"] if one["fpr_limit"] == 0.3
        )
    # At the threshold that maximises F1, decided with >=, F1 is F1max.
    for level in ("image", "pixel"):
        wanted[f"{level}_F1Score"] = wanted[f"{level}_F1Max"]
    return wanted


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    write_mvtec(root / "model", root / "bottle")
    return root / "model", root / "bottle"


@pytest.fixture(scope="module")
def boards(deeppcb):
    return deeppcb / "maps" / "difference", deeppcb


@pytest.fixture(scope="module", params=["written", "boards"])
def folder(request):
    """Maps and ground truth."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def largest(request):
    """The real boards where they are here, or else what is written."""
    return request.getfixturevalue(
        "boards" if (SHARED / "data" / "deeppcb").is_dir() else "written"
    )


@pytest.fixture(scope="module")
def wanted(folder, tmp_path_factory):
    return expected(*folder, tmp_path_factory.mktemp("run") / "run")


def test_one_process(folder, wanted, tmp_path):
    data = DataLoader(Folder(*folder), batch_size=12)
    loggers = [CSVLogger(tmp_path, name="csv"), TensorBoardLogger(tmp_path, name="board")]
    thresholds, *others = callbacks()
    own = {"logger": loggers, "num_sanity_val_steps": 0, "enable_checkpointing": False}
    run = trainer(tmp_path, [thresholds, *others], **own)
    run.fit(YieldsMaps(), data, data)
    run.save_checkpoint(tmp_path / "model.ckpt")
    (logged,) = run.test(YieldsMaps(), data, verbose=False)
    assert {name: logged[name] for name in wanted} == wanted
    decided = {name for name in logged if "F1Score_by_defect/" in name}
    assert logged.keys() == wanted.keys() | decided

    text = (tmp_path / "csv/version_0/metrics.csv").read_text()
    row = list(csv.DictReader(text.splitlines()))[-1]
    assert {name: float(row[name]) for name in wanted} == wanted

    loggers[1].experiment.flush()
    events = EventAccumulator(loggers[1].log_dir)
    events.Reload()
    for name, value in wanted.items():
        assert events.Scalars(name)[-1].value == torch.tensor(value, dtype=torch.float32).item()
    assert "pixel_AUPRO_figure" in events.Tags()["images"]

    # A fresh trainer finds thresholds and scale in the checkpoint.
    fresh, *others = callbacks()
    again = trainer(tmp_path, [fresh, *others], enable_checkpointing=False)
    (reloaded,) = again.test(YieldsMaps(), data, ckpt_path=tmp_path / "model.ckpt", verbose=False)
    assert reloaded == logged
    for level in ("image", "pixel"):
        assert fresh.threshold(level) == thresholds.threshold(level)
        assert fresh.threshold(level).value == best_thresholds(folder)[level]


def best_thresholds(folder):
    ((_, result),) = gonogo.evaluate_folder(*folder).categories.items()
    return {"image": result.image.f1_max.threshold, "pixel": result.pixel.f1_max.threshold}


class Work:
    """What each of two processes does: fit thresholds, test, say what it has."""

    def __init__(self, folder, root):
        self.folder, self.root = folder, root

    def __call__(self, rank, world):
        os.environ |= {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(world),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": "0",
        }
        images = Folder(*self.folder)
        shares = [range(len(images) // 3), range(len(images) // 3, len(images))]
        data = DataLoader(Subset(images, shares[rank]), batch_size=9)
        thresholds, *others = callbacks()
        run = trainer(
            self.root / "runs",
            [thresholds, *others],
            devices=world,
            strategy="ddp",
            plugins=[TorchElasticEnvironment()],
            use_distributed_sampler=False,  # each process has its own images
            logger=CSVLogger(self.root / "runs"),
        )
        run.validate(YieldsMaps(), data, verbose=False)
        (logged,) = run.test(YieldsMaps(), data, verbose=False)
        return (
            logged,
            thresholds.image_threshold,
            thresholds.pixel_threshold,
            others[1].state_dict(),
        )


def test_two_processes_of_unequal_shares(largest, tmp_path):
    (tmp_path / "store").mkdir()
    found = in_processes(Work(largest, tmp_path), 2, tmp_path / "store")
    data = DataLoader(Folder(*largest), batch_size=12)
    thresholds, evaluator, scale = callbacks()
    alone = trainer(tmp_path / "alone", [thresholds, evaluator, scale])
    alone.validate(YieldsMaps(), data, verbose=False)
    (logged,) = alone.test(YieldsMaps(), data, verbose=False)
    one = logged, thresholds.image_threshold, thresholds.pixel_threshold, scale.state_dict()
    assert found == [one, one]
    wanted = expected(*largest, tmp_path / "evaluated")
    assert {name: logged[name] for name in wanted} == wanted
    assert len(list(tmp_path.rglob("runs/**/pixel_AUPRO.png"))) == 1
