"""The command itself: help, version, and what happens without its libraries."""

from __future__ import annotations

import subprocess
import sys
from inspect import signature

import pytest

import gonogo as library
from gonogo import cli
from gonogo.cli.evaluate import evaluate
from gonogo.cli.panels import PANELS


@pytest.mark.parametrize("command", [[], ["evaluate"], ["threshold"], ["apply"], ["demo"]])
def test_help_names_no_type_for_a_flag(gonogo, command):
    shown = gonogo(*command, "--help", env={"COLUMNS": "100"}).stdout
    assert "--help" in shown
    assert "<bool>" not in shown
    assert "BOOLEAN" not in shown


def test_version(gonogo):
    result = gonogo("--version")
    assert result.exit_code == 0
    assert result.stdout == f"gonogo {library.__version__}\n"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_the_commands(gonogo, option):
    result = gonogo(option)
    assert result.exit_code == 0
    assert "evaluate" in result.stdout
    assert "demo" in result.stdout


def test_help_of_evaluate_has_examples(gonogo):
    text = " ".join(gonogo("evaluate", "--help").stdout.split())
    assert "gonogo evaluate maps/ mvtec/ --out run/" in text
    assert "MAPS" in text
    assert "GROUND_TRUTH" in text


def test_no_command_shows_the_help(gonogo):
    assert "evaluate" in gonogo().output


@pytest.mark.parametrize("words", [["evaluat"], ["--frobnicate"], ["evaluate"], ["evaluate", "x"]])
def test_bad_usage(gonogo, words):
    result = gonogo(*words)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("gonogo: error: ")
    assert "--help)" in line


@pytest.mark.parametrize("name", ["typer", "rich.progress"])
def test_without_the_libraries_of_the_command_line(monkeypatch, capsys, name):
    for module in [module for module in sys.modules if module.startswith("gonogo.cli.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert 'pip install "gonogo[cli]"' in capsys.readouterr().err


def test_as_a_module():
    command = [sys.executable, "-m", "gonogo", "--version"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == f"gonogo {library.__version__}\n"


def test_the_help_loads_nothing_heavy():
    code = "import sys; from gonogo.cli.app import app; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numba", "scipy", "cc3d", "tifffile", "PIL", "skimage", "sklearn"}
    assert heavy.isdisjoint(run.stdout.split())


def test_the_help_of_evaluate_shows_its_options_in_groups(gonogo):
    text = gonogo("evaluate", "--help", env={"COLUMNS": "100"}).stdout
    titles = ["─ Options ", "─ Metrics ", "─ Which images ", "─ How files are read "]
    places = [text.index(title) for title in [*titles, "─ Counting ", "─ Report and pictures "]]
    assert places == sorted(places)
    assert text.index("--out") < places[1] < text.rindex("--fpr-limit") < places[2]


def test_every_name_of_a_group_is_an_option():
    assert set(PANELS) <= set(signature(evaluate).parameters)
