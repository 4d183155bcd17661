"""Every number of ``gonogo.evaluate`` against the oracles, at both levels and for each defect."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from tests.oracles import curves, operating, ranking
from tests.oracles.agreement import agrees, defined_or_warned, lies_on, quietly
from tests.oracles.regions import regions
from tests.oracles.strategies import FLOATS, Images, scored_images

LIMITS = (0.05, 0.3, 1.0)
RATES = (0.01, 0.05, 0.5)
RECALLS = (0.5, 0.95, 1.0)


def level_agrees(level, scores: Sequence[ranking.Number], labels: Sequence[bool]) -> None:
    """Every metric that images and pixels share."""
    assert (level.anomalous, level.normal) == (sum(labels), len(labels) - sum(labels))
    agrees(level.auroc, ranking.auroc(scores, labels))
    agrees(level.average_precision, ranking.average_precision(scores, labels))
    agrees(level.aupr_trapezoid, curves.aupr_trapezoid(scores, labels))
    best, overlap = ranking.f1_max(scores, labels), ranking.iou_max(scores, labels)
    for field in ("value", "precision", "recall"):
        agrees(getattr(level.f1_max, field), getattr(best, field, None))
    assert np.isnan(level.f1_max.threshold) or level.f1_max.threshold == best.threshold
    agrees(level.iou_max, getattr(overlap, "value", None))
    for points, oracle in (
        (level.tpr_at_fpr, operating.tpr_at_fpr),
        (level.fpr_at_tpr, operating.fpr_at_tpr),
        (level.precision_at_recall, operating.precision_at_recall),
    ):
        for rate, point in points.items():
            agrees(point.value, oracle(scores, labels, rate))
    for threshold, found in level.at_threshold.items():
        confusion_agrees(found, ranking.confusion(scores, labels, threshold))


def confusion_agrees(found, count: ranking.Counts) -> None:
    assert (found.true_positives, found.false_positives) == (count.tp, count.fp)
    assert (found.false_negatives, found.true_negatives) == (count.fn, count.tn)
    for name, exact in operating.rates(count).items():
        agrees(getattr(found, name), exact)


def per_image(images: Images) -> tuple[list[ranking.Number], list[bool]]:
    scores = [max(map_.ravel().tolist()) for map_ in images.maps]
    labels = [mask is not None and bool((mask != 0).any()) for mask in images.masks]
    return scores, labels


@given(images=scored_images(), pick=st.integers(0, 99), connectivity=st.sampled_from((4, 8)))
def test_every_number(images, pick, connectivity):
    scores, labels = curves.pixels(images.maps, images.masks)
    thresholds = (float(scores[pick % len(scores)]), 0.75)
    result, warned = defined_or_warned(
        gonogo.evaluate,
        images.maps,
        images.masks,
        fpr_limits=LIMITS,
        connectivity=connectivity,
        at_fpr=RATES,
        at_recall=RECALLS,
        image_thresholds=thresholds,
        pixel_thresholds=thresholds,
    )
    assert warned == bool(result.undefined)
    level_agrees(result.image, *per_image(images))
    level_agrees(result.pixel, scores, labels)
    assert tuple(result.pixel.tpr_at_fpr) == RATES
    assert tuple(result.pixel.fpr_at_tpr) == tuple(result.image.precision_at_recall) == RECALLS
    assert tuple(result.pixel.at_threshold) == tuple(dict.fromkeys(thresholds))
    assert tuple(result.pixel.aupro) == LIMITS
    for limit in LIMITS:
        exact = curves.aupro(images.maps, images.masks, limit, connectivity)
        agrees(result.pixel.aupro[limit], exact)


@given(images=scored_images())
def test_curves_of_the_result(images):
    result, _ = defined_or_warned(gonogo.evaluate, images.maps, images.masks)
    scores, labels = curves.pixels(images.maps, images.masks)
    for curve, exact in (
        (result.pixel.roc_curve, curves.roc_curve(scores, labels)),
        (result.image.roc_curve, curves.roc_curve(*per_image(images))),
        (result.pixel.pro_curve, curves.pro_curve(images.maps, images.masks)),
    ):
        found, warned = defined_or_warned(curve)
        if exact is None:
            agrees(found, None)
            assert not warned  # evaluate has said so already
        else:
            lies_on(found, exact)
            thin = curve(thin=True)
            area = float(curves.trapezoid(exact))
            assert np.trapezoid(thin.y, thin.x) == pytest.approx(area, abs=1e-6)


@given(images=scored_images(max_images=5), data=st.data())
def test_each_defect_against_all_normals(images, data):
    """Its own anomalous pixels and images; every normal pixel and image of the whole set."""
    kinds = st.sampled_from(("crack", "stain"))
    scores, labels = per_image(images)
    defects = [data.draw(kinds) if label else None for label in labels]
    result, _ = defined_or_warned(
        gonogo.evaluate, images.maps, images.masks, defects=defects, fpr_limits=LIMITS
    )
    assert set(result.by_defect) == {defect for defect in defects if defect is not None}
    for name, found in result.by_defect.items():
        mine = [label and defect == name for label, defect in zip(labels, defects, strict=True)]
        kept = [i for i, label in enumerate(labels) if mine[i] or not label]
        level_agrees(found.image, [scores[i] for i in kept], [mine[i] for i in kept])
        level_agrees(found.pixel, *pixels_of_defect(images, mine))
        for limit in LIMITS:
            agrees(found.pixel.aupro[limit], aupro_of_defect(images, mine, limit))


def pixels_of_defect(images: Images, mine: list[bool]) -> tuple[list[ranking.Number], list[bool]]:
    scores, labels = [], []
    for map_, mask, wanted in zip(images.maps, images.masks, mine, strict=True):
        for score, label in zip(*curves.pixels([map_], [mask]), strict=True):
            if wanted or not label:
                scores.append(score)
                labels.append(label)
    return scores, labels


def aupro_of_defect(images: Images, mine: list[bool], limit: float):
    """As if the other images' anomalous pixels had been cut out of them, one row of pixels left."""
    maps, masks = [], []
    for map_, mask, wanted in zip(images.maps, images.masks, mine, strict=True):
        if wanted or mask is None:
            maps.append(map_)
            masks.append(mask)
        else:
            maps.append(map_[mask == 0][None])
            masks.append(None)
    return curves.aupro(maps, masks, limit)


@given(images=scored_images(), connectivity=st.sampled_from((4, 8)))
def test_a_row_for_every_image(images, connectivity):
    names = [f"part {i}" for i in range(len(images.maps))]
    result, _ = defined_or_warned(
        gonogo.evaluate, images.maps, images.masks, names=names, connectivity=connectivity
    )
    assert [row.name for row in result.images] == names
    assert result.pixel.regions == sum(row.regions for row in result.images)
    for row, map_, mask in zip(result.images, images.maps, images.masks, strict=True):
        anomalous = 0 if mask is None else int((mask != 0).sum())
        assert (row.height, row.width) == map_.shape
        assert row.anomalous_pixels == anomalous
        assert row.label == (anomalous > 0)
        assert (row.map_min, row.map_max) == (map_.min(), map_.max())
        assert row.score == row.map_max
        assert row.regions == len(regions(mask, connectivity))


ORDINARY = st.floats(-1e6, 1e6, allow_subnormal=False, width=32)


@given(images=scored_images(dtypes=FLOATS[1:], palette=ORDINARY), k=st.integers(1, 30))
def test_the_mean_of_the_k_highest_scores(images, k):
    result = quietly(gonogo.evaluate, images.maps, images.masks, image_score=f"top-{k}")
    for row, map_ in zip(result.images, images.maps, strict=True):
        highest = sorted(map_.ravel().tolist(), reverse=True)[:k]
        mean = math.fsum(highest) / len(highest)
        assert row.score == pytest.approx(mean, rel=1e-12, abs=1e-9)


def test_given_image_scores_and_labels_count():
    maps = np.zeros((4, 2, 2))
    masks = np.zeros((4, 2, 2), bool)
    masks[2:, 0, 0] = True
    result, _ = defined_or_warned(
        gonogo.evaluate, maps, masks, image_scores=[1.0, 3.0, 2.0, 4.0], labels=[0, 0, 1, 1]
    )
    assert result.image.auroc == 0.75
    assert result.pixel.auroc == 0.5
    assert [row.score for row in result.images] == [1.0, 3.0, 2.0, 4.0]


@given(images=scored_images(max_side=1, max_images=8))
def test_images_alone_need_no_maps(images):
    scores, labels = per_image(images)
    result, _ = defined_or_warned(
        gonogo.evaluate,
        None,
        image_scores=np.array(scores),
        labels=np.array(labels),
        image_thresholds=(scores[0],),
    )
    assert result.pixel is None
    level_agrees(result.image, scores, labels)


def test_labels_speak_where_there_are_no_masks():
    maps = [np.array([[0.0, 1.0]]), np.array([[0.5, 0.25]])]
    result, _ = defined_or_warned(gonogo.evaluate, maps, labels=[1, 0])
    assert result.image.auroc == 1.0


@given(images=scored_images())
def test_functions_and_evaluate_give_the_same_bits(images):
    result, _ = defined_or_warned(gonogo.evaluate, images.maps, images.masks)
    for one, other in (
        (gonogo.auroc, result.pixel.auroc),
        (gonogo.average_precision, result.pixel.average_precision),
        (gonogo.iou_max, result.pixel.iou_max),
        (gonogo.aupro, result.pixel.aupro[0.3]),
    ):
        found, _ = defined_or_warned(one, images.maps, images.masks)
        assert found == other or np.isnan([found, other]).all()


@pytest.mark.parametrize("score", [*(np.finfo(dtype).max for dtype in FLOATS), 5e-324])
def test_the_mean_of_scores_of_any_size(score):
    maps = [np.full((3, 3), score), np.array([[score, -score]])]
    result = quietly(gonogo.evaluate, maps, labels=[1, 1], image_score="top-7")
    assert [row.score for row in result.images] == [score, 0.0]
