"""Lines on axes are the curves; marks are where the threshold is; undefined ones say why."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import gonogo
from gonogo import plot
from gonogo.errors import InputError
from gonogo.palette import DARK, LIGHT

CURVES = {"roc": plot.roc, "pr": plot.pr, "pro": plot.pro}
DRAWN = pytest.mark.parametrize("name", CURVES)


def lines(axes):
    """Data of the lines with more than a dot that are no helping line."""
    found = [line for line in axes.lines if line.get_zorder() == 3 and len(line.get_xdata())]
    return [np.column_stack([line.get_xdata(), line.get_ydata()]) for line in found]


def dots(axes):
    found = [line for line in axes.lines if line.get_marker() == "o"]
    return [(line.get_xdata()[0], line.get_ydata()[0], line) for line in found]


def words(axes):
    legend = axes.get_legend()
    texts = [*axes.texts, *([] if legend is None else legend.get_texts())]
    return "\n".join(text.get_text() for text in texts)


def points(curve):
    return np.column_stack([curve.x, curve.y])


@DRAWN
def test_lines_hold_the_points_of_the_curves(result, name):
    levels = [result.pixel] if name == "pro" else [result.image, result.pixel]
    drawn = lines(CURVES[name](result))
    assert len(drawn) == len(levels)
    for line, level in zip(drawn, levels, strict=True):
        np.testing.assert_array_equal(line, points(level.curves(thin=True)[name]))


@DRAWN
def test_bands_are_drawn_as_bands(certified, name):
    axes = CURVES[name](certified.pixel)
    band = certified.pixel.curves(thin=True)[name]
    lower, upper = lines(axes)
    np.testing.assert_array_equal(lower, points(band.lower))
    np.testing.assert_array_equal(upper, points(band.upper))
    (patch,) = axes.patches
    corners = patch.get_xy()
    np.testing.assert_array_equal(corners[: len(lower)], lower)
    np.testing.assert_array_equal(corners[len(lower) : len(lower) + len(upper)], upper[::-1])


def test_the_best_f1_is_marked_where_it_is(result):
    for level_name in ("image", "pixel"):
        level = getattr(result, level_name)
        best = level.f1_max
        ((x, y, _),) = dots(plot.pr(result, level=level_name))
        assert (x, y) == (best.recall, best.precision)
        ((x, y, dot),) = dots(plot.roc(result, level=level_name))
        curve = level.roc_curve()
        place = np.flatnonzero(curve.thresholds == best.threshold)
        assert (x, y) == pytest.approx((curve.x[place[0]], curve.y[place[0]]), abs=1e-15)
        assert dot.get_markerfacecolor() == dot.get_color()
    ((x, y, _),) = dots(plot.pro(result))
    curve = result.pixel.pro_curve()
    (place,) = np.flatnonzero(curve.thresholds == result.pixel.f1_max.threshold)
    assert (x, y) == (curve.x[place], curve.y[place])


@pytest.mark.parametrize("threshold", [-9.0, 1.7, 3.0, 99.0])
def test_any_threshold_on_images_is_marked_exactly(result, threshold):
    scores = np.array([row.score for row in result.images])
    labels = np.array([row.label for row in result.images])
    ((x, y, _),) = dots(plot.roc(result, level="image", threshold=threshold))
    flagged = scores >= threshold
    assert (x, y) == pytest.approx((flagged[~labels].mean(), flagged[labels].mean()))


def test_a_threshold_between_scores_of_pixels_is_a_ring_on_the_curve(result):
    ((x, y, ring),) = dots(plot.roc(result, level="pixel", threshold=1.0))
    assert ring.get_markerfacecolor() == LIGHT.background
    curve = result.pixel.roc_curve(thin=True)
    assert np.interp(x, curve.x, curve.y) == pytest.approx(y, abs=1e-9)


def test_policies_and_fitted_thresholds(result):
    fitted = gonogo.fit_threshold(result, policy="recall>=1")
    assert fitted.achieved.recall.value == 1.0
    by_name = dots(plot.pr(result, level="image", threshold="recall>=1"))
    given = dots(plot.pr(result, threshold=fitted))
    assert [dot[:2] for dot in by_name] == [dot[:2] for dot in given]
    assert by_name[0][0] == 1.0
    assert dots(plot.roc(result, threshold=None)) == []


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
@DRAWN
def test_what_is_undefined_says_why_on_the_axes(made, name):
    maps, masks, _ = made
    normal = gonogo.evaluate(maps[6:], masks[6:])
    axes = CURVES[name](normal)
    assert lines(axes) == dots(axes) == []
    assert "needs anomalous" in words(axes)
    axes = CURVES[name]({"both": made[2], "one": normal})
    assert len(lines(axes)) == 1
    assert "one: needs anomalous" in words(axes)


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
@DRAWN
def test_one_image_and_ties(made, name):
    maps, masks, _ = made
    one = gonogo.evaluate(maps[:1], masks[:1])
    assert len(lines(CURVES[name](one))) == 1  # pixels have both classes, images only one
    tied = gonogo.evaluate(
        np.zeros((2, 6, 6)), np.stack([np.eye(6, dtype=bool)] * 2) & [[[1]], [[0]]]
    )
    (line, *_) = lines(CURVES[name](tied, level="pixel") if name != "pro" else plot.pro(tied))
    curve = tied.pixel.curves(thin=True)[name]
    np.testing.assert_array_equal(line, points(curve))


def test_pro_marks_its_limits(result):
    axes = plot.pro(result)
    dashed = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert dashed == [0.05, 0.3]
    assert "limit 0.05" in words(axes)
    assert f"AUPRO@0.3 {result.pixel.aupro[0.3]:.4f}" in words(axes)
    assert 0.3 < axes.get_xlim()[1] < 0.5


def test_several_things_by_name(result, tmp_path):
    run = gonogo.Run({"brick": result, "grass": result}, result.settings)
    run.save(tmp_path)
    axes = plot.roc(run)
    assert len(lines(axes)) == 2
    assert "brick  AUROC" in words(axes)
    np.testing.assert_array_equal(lines(plot.roc(tmp_path)), lines(axes))
    assert len(lines(plot.roc(run, category="grass"))) == 2
    mixed = {"a": result, "b": run.categories["brick"].pixel, "c": result.pixel.roc_curve()}
    assert len(lines(plot.roc(mixed, level="pixel"))) == 3
    assert len(lines(plot.roc([result, result], level="image"))) == 2
    assert len(lines(plot.roc(result.by_defect["hole"]))) == 2


def test_a_category_of_several_runs(result, tmp_path):
    run = gonogo.Run({"bolt": result, "nut": result}, result.settings)
    run.save(tmp_path)
    for runs in ({"padim": run, "stfpm": tmp_path}, {"padim": str(tmp_path), "stfpm": run}):
        axes = plot.roc(runs, level="pixel", category="bolt")
        assert len(lines(axes)) == 2
        assert {"padim", "stfpm"} <= {text.split()[0] for text in words(axes).split("\n")}
    assert len(lines(plot.roc([run, run], category="nut", level="image"))) == 2
    with pytest.raises(InputError, match=r"found 2 categories in 'padim'; name one with category="):
        plot.roc({"padim": run})
    with pytest.raises(InputError, match=r"found 'nail'; the result has bolt, nut \(in 'padim'\)"):
        plot.roc({"padim": run}, category="nail")


def test_a_stored_run_has_the_same_marks(result, tmp_path):
    result.save(tmp_path)
    for draw in CURVES.values():
        stored, fresh = dots(draw(tmp_path)), dots(draw(result))
        for (x, y, _), (u, v, _) in zip(stored, fresh, strict=True):
            assert (x, y) == pytest.approx((u, v), abs=2e-3)


def test_names_are_words_and_not_formulas(result):
    unkind = {"$a_b$": result, "_hidden": result, "x" * 300: result, "😀 לא\n<script>": result}
    axes = plot.roc(unkind)
    assert "$a_b$  AUROC" in words(axes)
    assert "_hidden  AUROC" in words(axes)
    assert "x" * 60 not in words(axes)
    assert all(not text.get_parse_math() for text in axes.get_legend().get_texts())


def test_axes_that_are_given_are_used_and_returned(result):
    import matplotlib.pyplot as plt

    _, (left, right) = plt.subplots(1, 2)
    assert plot.roc(result, left, theme="dark") is left
    assert plot.pr(result, ax=right) is right
    assert mpl.colors.to_hex(left.get_facecolor()) == DARK.background
    assert plt.rcParams["axes.facecolor"] == "white"


def test_a_logarithmic_axis(result):
    axes = plot.roc(result, level="pixel", log=True)
    assert axes.get_xscale() == "log"
    assert axes.get_xlim()[0] == pytest.approx(min(x for x in result.pixel.roc_curve().x if x > 0))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda _: plot.roc(3), "result: found a int; expected a Result"),
        (lambda one: plot.roc(one, level="pixels"), "level: found 'pixels'; expected 'image' or"),
        (lambda one: plot.roc(one, theme="grey"), "theme: found 'grey'; expected light or dark"),
        (lambda one: plot.roc(one, threshold=1.0), "threshold: found the number 1.0 for two"),
        (lambda one: plot.roc(one, threshold="f7"), "threshold: image level: policy"),
        (lambda one: plot.roc(one, threshold=True), "threshold: found True; expected a policy"),
        (lambda _: plot.roc({}), "result: found nothing to draw"),
        (lambda one: plot.roc(one, category="brick"), "category: found 'brick'; the result has"),
        (lambda one: plot.pro(one.image), "result: found no pixel level, which PRO needs"),
        (lambda _: plot.roc("nowhere"), "nowhere: there is no such folder"),
    ],
)
def test_mistakes(result, draw, message):
    with pytest.raises(InputError, match=message):
        draw(result)


def test_without_a_pixel_level():
    alone = gonogo.evaluate(None, labels=[0, 1], image_scores=[1.0, 2.0])
    assert len(lines(plot.roc(alone))) == 1
    with pytest.raises(InputError, match="level: found 'pixel', but the result has image scores"):
        plot.roc(alone, level="pixel")
