"""Figures go to the loggers that can show them, told by what they can do, or else to files."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from matplotlib.figure import Figure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import gonogo
from gonogo.errors import InputWarning, MissingExtra
from gonogo.torch import AUPRO, AUROC, Evaluator
from gonogo.torch.figures import log_figure
from tests.torch.running import YieldsMaps, images, loader, trainer

PIXEL = {"fields": ["anomaly_map", "gt_mask"], "prefix": "pixel_"}


class Recorder:
    """Remembers the calls of one method, and has no other."""

    def __init__(self, method):
        self.calls = []
        setattr(self, method, lambda *args, **options: self.calls.append((args, options)))


@pytest.fixture
def figure():
    return Figure()


def test_weights_and_biases(figure, tmp_path):
    logger = Recorder("log_image")
    log_figure([logger], figure, "image_AUROC", step=7, folder=tmp_path)
    assert logger.calls == [((), {"key": "image_AUROC_figure", "images": [figure], "step": 7})]
    assert not any(tmp_path.iterdir())


def test_mlflow(figure, tmp_path):
    client = Recorder("log_figure")
    logger = SimpleNamespace(experiment=client, run_id="a1")
    log_figure([logger], figure, "AUROC/bent wire", step=0, folder=tmp_path)
    assert client.calls == [(("a1", figure, "figures/AUROC_bent_wire.png"), {})]


def test_comet(figure, tmp_path):
    experiment = Recorder("log_figure")
    log_figure([SimpleNamespace(experiment=experiment)], figure, "ROC", step=3, folder=tmp_path)
    assert experiment.calls == [((), {"figure_name": "ROC_figure", "figure": figure, "step": 3})]


def test_a_file_where_no_logger_can_show_it(figure, tmp_path):
    folder = tmp_path / "new"
    loggers = [SimpleNamespace(experiment=SimpleNamespace()), SimpleNamespace()]
    log_figure(loggers, figure, "pixel_AUPRO", step=0, folder=folder)
    assert [path.name for path in folder.iterdir()] == ["pixel_AUPRO.png"]
    assert (folder / "pixel_AUPRO.png").read_bytes().startswith(b"\x89PNG")


def test_tensorboard_shows_curves_and_numbers(tmp_path):
    data = images()
    board = TensorBoardLogger(tmp_path, name="board")
    evaluator = Evaluator(test_metrics=[AUROC(**PIXEL), AUPRO(**PIXEL)])
    run = trainer(tmp_path, [evaluator], logger=[CSVLogger(tmp_path), board])
    run.test(YieldsMaps(), loader(*data), verbose=False)
    board.experiment.flush()
    events = EventAccumulator(board.log_dir)
    events.Reload()
    assert set(events.Tags()["images"]) == {"pixel_AUROC_figure", "pixel_AUPRO_figure"}
    (logged,) = events.Scalars("pixel_AUPRO")
    assert logged.value == pytest.approx(gonogo.aupro(*data), rel=1e-7)  # kept as float32
    assert not list(Path(tmp_path).rglob("*.png"))


def test_a_missing_library_costs_the_figure_and_not_the_run(tmp_path, monkeypatch):
    def refused(_):
        raise MissingExtra("generate_figure needs matplotlib")

    monkeypatch.setattr(AUROC, "generate_figure", refused)
    run = trainer(tmp_path, [Evaluator(test_metrics=[AUROC(**PIXEL)], by_defect=False)])
    with pytest.warns(InputWarning, match="pixel_AUROC: no figure is logged: generate_figure need"):
        (logged,) = run.test(YieldsMaps(), loader(*images()), verbose=False)
    assert logged == {"pixel_AUROC": gonogo.auroc(*images())}
