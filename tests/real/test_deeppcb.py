"""Every value of the data README, by other people's code, on real boards and real defects."""

import math

import pytest

import gonogo

# From the README of the data: scikit-learn 1.9.1; AUPRO by MVTec's public evaluation script, which
# keeps FPR in float32; F1max by anomalib 2.7.0.
PUBLISHED = {
    "difference": {
        "image": (0.9710884353741497, 0.982731020272007),
        "pixel": (0.9932663574328462, 0.34282648308037345),
        "aupro": {0.3: 0.96783985, 0.05: 0.80709114, 0.01: 0.39067009},
        "f1_max": (0.394173, 0.564114),
    },
    "ssim": {
        "image": (0.9427437641723356, 0.9667717477904086),
        "pixel": (0.9831297318967348, 0.17410961723897608),
        "aupro": {0.3: 0.89818336, 0.05: 0.58739583, 0.01: 0.29773170},
        "f1_max": (0.376153, 0.993302),
    },
}
LIMITS = (0.3, 0.05, 0.01)
DEFECTS = {"copper", "mousebite", "open", "pinhole", "short", "spur"}


@pytest.fixture(scope="module", params=PUBLISHED)
def run(request, deeppcb):
    maps = deeppcb / "maps" / request.param
    return request.param, gonogo.evaluate_folder(maps, deeppcb, fpr_limits=LIMITS)


def only(run):
    (result,) = run.categories.values()
    return result


def test_auroc_and_average_precision(run):
    model, found = run
    result, published = only(found), PUBLISHED[model]
    for level, name in ((result.image, "image"), (result.pixel, "pixel")):
        numbers = (level.auroc, level.average_precision)
        assert numbers == pytest.approx(published[name], rel=1e-12)


def test_aupro(run):
    model, found = run
    assert only(found).pixel.aupro == pytest.approx(PUBLISHED[model]["aupro"], abs=1e-6)


def test_f1_max_at_the_digits_printed(run):
    model, found = run
    best = only(found).pixel.f1_max
    assert (round(best.value, 6), round(best.threshold, 6)) == PUBLISHED[model]["f1_max"]


def test_counts(run):
    result = only(run[1])
    assert (result.image.anomalous, result.image.normal) == (126, 42)
    assert result.pixel.anomalous + result.pixel.normal == 168 * 320 * 320
    assert result.pixel.anomalous / (168 * 320 * 320) == pytest.approx(0.0037, abs=5e-5)
    assert len(result.images) == 168
    assert sum(row.anomalous_pixels for row in result.images) == result.pixel.anomalous
    assert sum(row.regions for row in result.images) == result.pixel.regions
    assert result.undefined == {}


def test_defects_divide_the_anomalous_pixels(run):
    result = only(run[1])
    assert set(result.by_defect) == DEFECTS
    parts = [defect.pixel for defect in result.by_defect.values()]
    assert sum(part.anomalous for part in parts) == result.pixel.anomalous
    assert sum(part.regions for part in parts) == result.pixel.regions
    assert {part.normal for part in parts} == {result.pixel.normal}
    mean = math.fsum(part.auroc * part.anomalous for part in parts) / result.pixel.anomalous
    assert mean == pytest.approx(result.pixel.auroc, rel=1e-12)
    for limit in LIMITS:
        mean = math.fsum(part.aupro[limit] * part.regions for part in parts) / result.pixel.regions
        assert mean == pytest.approx(result.pixel.aupro[limit], rel=1e-12)


def test_the_two_models_have_their_own_numbers(deeppcb):
    assert {path.name for path in (deeppcb / "maps").iterdir()} == set(PUBLISHED)
