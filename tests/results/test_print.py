"""What a person sees of a result without asking for more."""

import numpy as np
import pytest

import gonogo


@pytest.fixture
def result():
    masks = np.zeros((4, 8, 8), bool)
    masks[2:, 2:4, 2:5] = True
    maps = np.arange(4 * 64, dtype=float).reshape(4, 8, 8) % 37 + 30.0 * masks
    return gonogo.evaluate(maps, masks, defects=["good", "good", "<b>dent</b>", "hole"])


def test_repr_names_sizes_and_metrics(result):
    text = repr(result)
    assert "4 images (2 anomalous, 2 normal), exact" in text
    assert "AUPRO@0.3" in text
    assert f"{result.pixel.auroc:.4f}" in text


def test_html_escapes_names(result):
    html = result._repr_html_()
    assert "&lt;b&gt;dent&lt;/b&gt;" in html
    assert "<b>dent" not in html


def test_run_prints_a_mean_for_several_categories(result):
    one = gonogo.Run({"brick": result}, result.settings)
    two = gonogo.Run({"brick": result, "grass": result}, result.settings)
    assert "mean" not in repr(one)
    assert repr(two).splitlines()[-1].startswith("mean")


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
def test_undefined_metrics_are_named_once_by_reason():
    result = gonogo.evaluate(np.ones((1, 2, 2)), np.ones((1, 2, 2), bool))
    lines = [line for line in repr(result).splitlines() if line.startswith("undefined")]
    assert len(lines) == len(set(result.undefined.values()))
    assert any("pixel.auroc" in line for line in lines)


def test_the_mean_is_undefined_where_a_category_is(result):
    with pytest.warns(gonogo.UndefinedMetricWarning):
        empty = gonogo.evaluate(np.zeros((1, 2, 2)), np.zeros((1, 2, 2), bool))
    mean = gonogo.Run({"brick": result, "void": empty}, result.settings).mean
    assert mean["pixel"]["auroc"].reason == "auroc is undefined in void"
