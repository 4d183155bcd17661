"""Real scores, with millions of ties: increasing transforms leave ranking metrics alone."""

import numpy as np
import pytest

import gonogo
from tests.oracles.agreement import same_bits

tifffile = pytest.importorskip("tifffile")
image = pytest.importorskip("PIL.Image")

LIMITS = (0.3, 0.05, 0.01)


@pytest.fixture(scope="module", params=["difference", "ssim"])
def boards(request, deeppcb):
    """Scores in float64, so that transforms are exact enough, and the masks."""
    maps, masks = [], []
    for path in sorted((deeppcb / "maps" / request.param / "test").glob("*/*.tiff")):
        truth = deeppcb / "ground_truth" / path.parent.name / f"{path.stem}_mask.png"
        maps.append(tifffile.imread(path).astype(np.float64))
        masks.append(np.asarray(image.open(truth)) if truth.exists() else None)
    maps = np.stack(maps)
    # exp of a score below 2e-9 ties with that of its neighbour; so do squares of -x and x.
    maps[maps < 1e-8] = 0.0
    return maps, masks


def ranking_metrics(maps, masks):
    result = gonogo.evaluate(maps, masks, fpr_limits=LIMITS)
    numbers = []
    for level in (result.image, result.pixel):
        best, roc, pr = level.f1_max, level.roc_curve(), level.pr_curve()
        numbers += [
            (level.auroc, level.average_precision, level.aupr_trapezoid, level.iou_max),
            (best.value, best.precision, best.recall),
            [point.value for point in level.tpr_at_fpr.values()],
            [point.value for point in level.fpr_at_tpr.values()],
            [point.value for point in level.precision_at_recall.values()],
            (roc.x, roc.y, pr.x, pr.y),
        ]
    pro = result.pixel.pro_curve()
    return [*numbers, result.pixel.aupro, pro.x, pro.y]


def test_exp_and_squares(boards):
    maps, masks = boards
    values = np.unique(maps.astype(np.float32)).astype(np.float64)
    expected = ranking_metrics(maps, masks)
    for transform in (np.exp, np.square):
        assert (np.diff(transform(values)) > 0).all()  # no ties arise
        same_bits(ranking_metrics(transform(maps), masks), expected)
