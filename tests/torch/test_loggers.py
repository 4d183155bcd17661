"""One run with every real logger: what each has kept is what scikit-learn says of the images."""

import csv
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import comet_ml
import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from lightning.pytorch.loggers import (
    CometLogger,
    CSVLogger,
    MLFlowLogger,
    TensorBoardLogger,
    WandbLogger,
)
from sklearn.metrics import average_precision_score, roc_auc_score
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.data import DataLoader

from gonogo.torch import AUPR, AUROC, Evaluator
from tests.torch.running import trainer

DEFECTS = {
    "dent": "dent",
    "bent wire": "bent_wire-441a6d",
    "bent_wire": "bent_wire",
    "Kratzer (groß)": "Kratzer__grou00df_-bf4764",
    "划痕": "u5212u75d5-c70030",
}
"""Folders, and what the page of the documentation says that they are logged as."""
STEPS = 3
FIELDS = {"fields": ["pred_score", "gt_label"], "prefix": "image_"}


@dataclass
class Images:
    """Scores, labels and where the images are, with ties and scores outside [0, 1]."""

    scores: np.ndarray
    folders: list[str]

    @classmethod
    def drawn(cls, seed):
        folders = [("good", "good", *DEFECTS)[i % 7] for i in range(42)]
        rng = np.random.default_rng(seed)
        lift = np.array([folder != "good" for folder in folders]) * 3.0
        return cls((30 + rng.normal(size=42) * 3 + lift).round(1).astype(np.float32), folders)

    def loader(self):
        return DataLoader(
            [
                {
                    "pred_score": torch.tensor(score),
                    "gt_label": torch.tensor(folder != "good"),
                    "image_path": f"data/test/{folder}/{i}.png",
                }
                for i, (score, folder) in enumerate(zip(self.scores, self.folders, strict=True))
            ],
            batch_size=5,
        )

    def expected(self, prefix=""):
        """By scikit-learn, under the names that the page of the documentation gives them."""
        labels = np.array([folder != "good" for folder in self.folders])
        found = {}
        for name, of in (("AUROC", roc_auc_score), ("AUPR", average_precision_score)):
            found[f"{prefix}image_{name}"] = of(labels, self.scores)
            for defect, logged in DEFECTS.items():
                chosen = [folder in ("good", defect) for folder in self.folders]
                value = of(labels[chosen], self.scores[chosen])
                found[f"{prefix}image_{name}_by_defect/{logged}"] = value
        return found


class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def training_step(self, *_):
        return self.weight * 0.0

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)

    def validation_step(self, batch, _):
        return {"pred_score": batch["pred_score"]}

    test_step = validation_step


VALIDATED, TESTED = Images.drawn(0), Images.drawn(1)
EXPECTED = VALIDATED.expected("val_") | TESTED.expected()
FIGURES = [f"{stage}image_{name}" for stage in ("val_", "") for name in ("AUROC", "AUPR")]


def run(folder, logger):
    """Two epochs of fit, each with a validation, and a test."""
    evaluator = Evaluator([AUROC(**FIELDS), AUPR(**FIELDS)], [AUROC(**FIELDS), AUPR(**FIELDS)])
    made = trainer(
        folder,
        [evaluator],
        logger=logger,
        max_epochs=2,
        enable_checkpointing=False,
        num_sanity_val_steps=0,
    )
    made.fit(Model(), DataLoader(torch.zeros(STEPS)), VALIDATED.loader())
    for name in ("image_AUROC", "image_AUPR"):  # what monitor= looks for
        for seen in (made.callback_metrics[name], made.callback_metrics[f"val_{name}"]):
            assert seen == pytest.approx(EXPECTED[f"val_{name}"], rel=1e-12)
    made.test(Model(), TESTED.loader(), verbose=False)
    logger.finalize("success")
    return made


def close(found, rel=1e-12):
    assert {name: found[name] for name in EXPECTED} == pytest.approx(EXPECTED, rel=rel)
    assert {name for name in found if "image_" in name} == EXPECTED.keys()


def test_csv(tmp_path):
    logger = CSVLogger(tmp_path)
    run(tmp_path, logger)
    text = Path(logger.log_dir, "metrics.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    close({name: float(row[name]) for row in rows for name in row if row[name]})
    assert sorted(path.stem for path in Path(logger.log_dir).rglob("*.png")) == sorted(FIGURES)


def test_tensorboard(tmp_path):
    logger = TensorBoardLogger(tmp_path)
    run(tmp_path, logger)
    events = EventAccumulator(logger.log_dir)
    events.Reload()
    found = {tag: events.Scalars(tag) for tag in events.Tags()["scalars"]}
    close({tag: steps[-1].value for tag, steps in found.items()}, rel=1e-6)  # kept as float32
    assert set(events.Tags()["images"]) == {f"{name}_figure" for name in FIGURES}
    for name in FIGURES:
        numbers = [one.step for one in events.Scalars(name)]
        assert [one.step for one in events.Images(f"{name}_figure")] == numbers
        assert len(numbers) == (2 if name.startswith("val_") else 1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("store", ["file", "sqlite"])
def test_mlflow(tmp_path, monkeypatch, store):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    uri = f"file:{tmp_path}/mlruns" if store == "file" else f"sqlite:///{tmp_path}/mlflow.db"
    logger = MLFlowLogger(
        "gonogo", tracking_uri=uri, artifact_location=f"file:{tmp_path}/artifacts"
    )
    run(tmp_path, logger)
    client = logger.experiment
    close(client.get_run(logger.run_id).data.metrics)
    history = client.get_metric_history(logger.run_id, "val_image_AUROC")
    assert [one.step for one in history] == [STEPS - 1, 2 * STEPS - 1]
    names = [one.path for one in client.list_artifacts(logger.run_id, "figures")]
    assert sorted(names) == sorted(f"figures/{name}.png" for name in FIGURES)


def written_records(data):
    """The records of a file of Weights & Biases: 32 KiB blocks, in the form of LevelDB's logs."""
    place, record = 7, b""
    while place < len(data):
        left = 32768 - place % 32768
        if left < 7:
            place += left
            continue
        size, kind = int.from_bytes(data[place + 4 : place + 6], "little"), data[place + 6]
        record += data[place + 7 : place + 7 + size]
        place += 7 + size
        if kind in (1, 4):  # a whole record, or the last part of one
            yield record
            record = b""


def test_weights_and_biases(tmp_path, monkeypatch):
    from wandb.proto import wandb_internal_pb2

    monkeypatch.setenv("WANDB_SILENT", "true")
    logger = WandbLogger(project="gonogo", save_dir=tmp_path, offline=True)
    run(tmp_path, logger)
    logger.experiment.finish()
    (path,) = tmp_path.rglob("*.wandb")
    rows = []
    for data in written_records(path.read_bytes()):
        record = wandb_internal_pb2.Record.FromString(data)
        if record.WhichOneof("record_type") == "history":
            items = record.history.item
            rows.append({one.key or one.nested_key[0]: one.value_json for one in items})
    numbers = {k: float(v) for row in rows for k, v in row.items() if k in EXPECTED}
    close(numbers)
    steps = {}
    for row in rows:
        for name in row:
            steps.setdefault(name, []).append(row["trainer/global_step"])
    for name in FIGURES:
        assert steps[f"{name}_figure"] == steps[name]


def test_comet(tmp_path, monkeypatch):
    def offline(**_):
        return comet_ml.OfflineExperiment(
            offline_directory=str(tmp_path),
            log_code=False,
            log_env_details=False,
            display_summary_level=0,
        )

    # What Lightning asks it for needs an account, even offline.
    monkeypatch.setattr(comet_ml, "start", offline)
    logger = CometLogger(project="gonogo", online=False)
    run(tmp_path, logger)
    logger.experiment.end()
    (path,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("messages.json").decode().splitlines()
    messages = [json.loads(line)["payload"] for line in lines]
    numbers = [one["metric"] for one in messages if "metric" in one]
    close({one["metricName"]: one["metricValue"] for one in numbers})
    shown = [one["additional_params"] for one in messages if "additional_params" in one]
    figures = [(one["figName"], one["step"]) for one in shown if one.get("figName")]
    assert sorted(figures) == sorted(
        (f"{one['metricName']}_figure", one["step"])
        for one in numbers
        if one["metricName"] in FIGURES
    )
