"""``metric.plot()`` as torchmetrics documents it: a figure and axes, of the curve or of values."""

import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import gonogo.torch as gt
from gonogo.errors import InputError
from tests.torch.registry import REGISTRY, images


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def filled(case):
    metric = case.make()
    metric.update(*case.values(*images()))
    return metric


CASES = [case for case in REGISTRY if case.of is not gt.AnomalyScoreDistribution]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_metric(case):
    metric = filled(case)
    figure, axes = metric.plot()
    assert figure.axes[0] is axes
    if hasattr(metric, "generate_figure"):
        assert axes.get_xlabel() in ("False positive rate", "Recall")
        assert len(axes.lines) >= 1
        (own,) = Figure().subplots(1, 1, squeeze=False)[0]
        assert metric.plot(ax=own)[1] is own
        assert own.get_xlabel() == axes.get_xlabel()
    else:
        points = torch.as_tensor(metric.compute()).reshape(-1).tolist()
        drawn = [float(line.get_ydata()[0]) for line in axes.lines[: len(points)]]
        assert drawn == pytest.approx(points)


def test_values_of_several_epochs():
    figure, axes = gt.AUROC().plot([torch.tensor(0.5), torch.tensor(0.75)])
    assert figure.axes == [axes]
    assert axes.lines[0].get_ydata().tolist() == [0.5, 0.75]


def test_what_has_no_plot_says_so():
    with pytest.raises(InputError, match="AnomalyScoreDistribution: has no plot, because its val"):
        gt.AnomalyScoreDistribution().plot()
