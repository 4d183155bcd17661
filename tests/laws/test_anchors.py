"""Numbers that must never move."""

import numpy as np
import pytest

import gonogo
from tests.oracles.agreement import quietly


@pytest.fixture(scope="module")
def toy():
    """200 maps of uniform noise; every mask is anomalous in its top-left 10 x 10 pixels."""
    rng = np.random.RandomState(1338)  # the stream of np.random.seed(1338)
    maps = [rng.random_sample((300, 500)) for _ in range(200)]
    mask = np.zeros((300, 500), bool)
    mask[:10, :10] = True
    return maps, [mask] * 200


def test_aupro_of_the_public_evaluation_script(toy):
    pixel = quietly(gonogo.evaluate, *toy, fpr_limits=(0.3, 0.05)).pixel
    assert pixel.aupro[0.3] == pytest.approx(0.1510192660313794, abs=1e-7)
    assert pixel.aupro[0.05] == pytest.approx(0.024866646019042708, abs=1e-7)
    assert (pixel.regions, pixel.anomalous, pixel.normal) == (200, 20_000, 29_980_000)
    curve = pixel.pro_curve()
    inside = curve.x <= 0.3
    end = np.interp(0.3, curve.x, curve.y)
    area = np.trapezoid(np.append(curve.y[inside], end), np.append(curve.x[inside], 0.3)) / 0.3
    assert pixel.aupro[0.3] == pytest.approx(area, rel=1e-12)
