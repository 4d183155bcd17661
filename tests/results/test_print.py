"""What a person sees of a result without asking for more."""

import numpy as np
import pytest

import gonogo
from gonogo.results import level_table, run_table, told
from gonogo.shown import NEARNESS


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
    assert "\nmean" in repr(two)


def test_run_prints_how_many_images_there_are_and_the_thresholds(result):
    text = repr(gonogo.Run({"brick": result}, result.settings))
    best = [f"{level.f1_max.threshold:.6g}" for level in (result.image, result.pixel)]
    assert text.splitlines()[-1].split() == ["brick", "2", "2", *best, "exact"]


def test_parts_of_a_table_hold_all_of_it(result):
    whole = run_table(gonogo.Run({"brick": result, "grass": result}, result.settings))
    image, pixel = whole.part(1, 1), whole.part(2, 2)
    assert whole.part(1, 2) == whole
    assert image.headers + pixel.headers[1:] == whole.headers
    assert image.groups + pixel.groups[1:] == whole.groups
    assert image.summary + pixel.summary[1:] == whole.summary
    both = zip(image.rows, pixel.rows, strict=True)
    assert tuple(left + right[1:] for left, right in both) == whole.rows


def test_a_defect_prints_in_one_short_line(result):
    hole = result.by_defect["hole"]
    assert repr(hole) == (
        f"DefectResult(1 images, image AUROC {hole.image.auroc:.4f}, "
        f"pixel AUROC {hole.pixel.auroc:.4f})"
    )


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
def test_undefined_metrics_are_named_once_by_reason():
    result = gonogo.evaluate(np.ones((1, 2, 2)), np.ones((1, 2, 2), bool))
    lines = [line for line in repr(result).splitlines() if line.startswith("undefined")]
    assert len(lines) == len(set(result.undefined.values()))
    every = "f1_max, iou_max, tpr_at_fpr, fpr_at_tpr, precision_at_recall): needs anomalous"
    assert any(every in line for line in lines if line.startswith("undefined: pixel (auroc, "))


def test_names_of_undefined_metrics_are_told_by_level():
    undefined = {
        "image.auroc": "few",
        "image.at_threshold[0.5].precision": "few",
        "pixel.aupro[0.3]": "few",
        "pixel.aupro[0.05]": "few",
        "by_defect[a.[b]].pixel.auroc": "none",
    }
    assert list(told(undefined)) == [
        "image (auroc, at_threshold[0.5].precision), pixel (aupro): few",
        "by_defect[a.[b]].pixel (auroc): none",
    ]


def test_the_mean_is_undefined_where_a_category_is(result):
    with pytest.warns(gonogo.UndefinedMetricWarning):
        empty = gonogo.evaluate(np.zeros((1, 2, 2)), np.zeros((1, 2, 2), bool))
    mean = gonogo.Run({"brick": result, "void": empty}, result.settings).mean
    assert mean["pixel"]["auroc"].reason == "auroc is undefined in void"


@pytest.fixture
def certified():
    rng = np.random.default_rng(0)
    masks = np.zeros((4, 128, 128), bool)
    masks[2:, 20:90, 20:90] = True
    maps = rng.random((4, 128, 128)) + 0.3 * masks
    return gonogo.evaluate(maps, masks, mode="certified", budget="1MiB")


def test_a_line_says_what_an_interval_is(certified, result):
    run = gonogo.Run({"brick": certified, "grass": certified}, certified.settings)
    for one in (certified, run):
        assert repr(one).count(NEARNESS) == one._repr_html_().count(f"<p>{NEARNESS}</p>") == 1
    assert repr(run).splitlines()[-1] == NEARNESS
    assert "±" not in repr(result)
    assert "±" not in result._repr_html_()


def test_the_threshold_of_the_best_f1_is_an_interval_too(certified):
    best = certified.pixel.f1_max.threshold
    assert best.low < best.high
    table = level_table(certified)
    number, near = table.rows[1][table.headers.index("threshold")].split("±")
    assert float(number) - float(near) <= best.low < best.high <= float(number) + float(near)
