"""matplotlib is asked for when a figure is drawn, and by the name of its extra."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gonogo import plot
from gonogo.errors import MissingExtra


def test_a_figure_without_matplotlib_names_the_extra(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for draw in (plot.roc, plot.histogram):
        with pytest.raises(MissingExtra, match=r"needs matplotlib.*gonogo\[plot\]"):
            draw(result)


def test_gonogo_plot_is_there_and_loads_matplotlib_with_the_first_figure():
    code = (
        "import sys, gonogo; assert callable(gonogo.plot.roc); "
        "print('matplotlib' in sys.modules, 'PIL' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
