"""matplotlib is asked for when a figure is drawn, and by the name of its extra."""

from __future__ import annotations

import io
import subprocess
import sys
from xml.dom import minidom

import pytest

import gonogo
from gonogo import plot
from gonogo.errors import InputError, MissingExtra


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


def test_a_category_is_one_folder_of_figures(result):
    run = gonogo.Run({"../up": result, "a/b": result}, result.settings)
    names = {name.split("/")[0] for name in plot.figure_files(run, "svg")}
    assert names == {"_.._up", "a_b"}


def test_categories_that_differ_have_folders_that_differ(result):
    """Also on systems that know no large letters and few signs."""
    names = ["a/b", "a_b", "A_B", "c:d", "dots..", "\x07"]
    run = gonogo.Run(dict.fromkeys(names, result), result.settings)
    folders = list(dict.fromkeys(name.split("/")[0] for name in plot.figure_files(run, "svg")))
    assert folders == ["a_b", "a_b-2", "A_B-3", "c_d", "dots", "_"]


def test_names_of_control_characters_leave_a_readable_svg(made):
    maps, masks, _ = made
    defects = ["a\x07b", "\udcff", "\u202etxt"] * 2 + [None] * 4
    result = gonogo.evaluate(maps, masks, defects=defects)
    axes = plot.histogram(result, by="defect")
    buffer = io.BytesIO()
    axes.figure.savefig(buffer, format="svg")
    minidom.parseString(buffer.getvalue())
    assert "a\ufffdb (2)" in [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
def test_figures_of_normal_images_and_of_bands(made, certified):
    maps, masks, _ = made
    for one in (gonogo.evaluate(maps[6:], masks[6:]), certified):
        files = plot.figure_files(gonogo.Run({"😀": one}, one.settings), "png")
        assert [*files] == ["roc.png", "pr.png", "pro.png", "histogram.png"]
        assert all(content.startswith(b"\x89PNG") for content in files.values())


def test_kinds_of_figures(result):
    with pytest.raises(InputError, match="figures: found 'gif'; expected png, pdf, svg"):
        plot.figure_files(gonogo.Run({"a": result}, result.settings), "gif")
