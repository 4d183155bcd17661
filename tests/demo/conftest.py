from functools import partial

import pytest

from gonogo.demo import PatchCore, build
from gonogo.demo.textures import tiles


@pytest.fixture
def tiny_build(monkeypatch):
    """``build`` for one surface, from few tiles, with a small memory: for all but the numbers."""
    monkeypatch.setattr("gonogo.demo.samples.tiles", lambda *which: tiles(*which)[::5])
    monkeypatch.setattr("gonogo.demo.run.PatchCore", partial(PatchCore, bank=50))
    return partial(build, categories=("brick",), per_defect=1)
