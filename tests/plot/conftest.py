"""Results to draw, and axes that need no screen."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import gonogo


@pytest.fixture(autouse=True)
def no_screen():
    """Figures of the tests are drawn without a screen, and closed."""
    import matplotlib.pyplot as plt

    before = mpl.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def arrays(side=24, seed=1):
    rng = np.random.default_rng(seed)
    masks = np.zeros((10, side, side), bool)
    masks[:6, 4:9, 5:11] = True
    return (rng.normal(size=masks.shape) + 1.2 * masks).astype(np.float32), masks


@pytest.fixture(scope="session")
def made():
    """Maps, masks and their result."""
    maps, masks = arrays()
    names = [f"test/{k}.tiff" for k in range(10)]
    defects = ["hole"] * 3 + ["<b>$x_1$"] * 3 + [None] * 4
    result = gonogo.evaluate(maps, masks, names=names, defects=defects, image_thresholds=[3.0])
    return maps, masks, result


@pytest.fixture(scope="session")
def result(made):
    return made[2]


@pytest.fixture(scope="session")
def certified():
    return gonogo.evaluate(*arrays(200), mode="certified", budget="1MiB")
