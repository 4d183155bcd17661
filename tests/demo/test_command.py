import json
import sys

import pytest
from typer.testing import CliRunner

from gonogo.cli.app import app


@pytest.fixture
def gonogo(monkeypatch, tiny_build):
    """Run ``gonogo demo`` on one surface with six defects."""
    monkeypatch.setattr("gonogo.demo.build", tiny_build)
    return lambda *arguments: CliRunner().invoke(app, ["demo", *map(str, arguments)])


def test_it_prints_the_table_the_defects_and_where_the_files_are(gonogo, tmp_path):
    shown = gonogo("--out", tmp_path / "out")
    assert shown.exit_code == 0, shown.output
    assert "AUPRO@0.3" in shown.stdout
    assert "brick, by defect" in shown.stdout
    assert f"wrote {tmp_path / 'out' / 'results' / 'results.json'}" in shown.stdout
    assert f"gonogo evaluate {tmp_path / 'out' / 'maps'}" in shown.stdout
    results = json.loads((tmp_path / "out" / "results" / "results.json").read_text())
    assert "brick" in results["categories"]


def test_again_needs_force(gonogo, tmp_path):
    assert gonogo("--out", tmp_path / "out", "--quiet").exit_code == 0
    refused = gonogo("--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "found an earlier demo; name another folder, or replace it with --f" in refused.stderr
    forced = gonogo("--out", tmp_path / "out", "--force", "--seed", 3, "--quiet")
    assert (forced.exit_code, forced.stdout) == (0, "")


@pytest.mark.parametrize(("option", "value"), [("--seed", "-1"), ("--seed", "x")])
def test_wrong_usage_is_exit_code_2(gonogo, option, value):
    assert gonogo(option, value).exit_code == 2


def test_a_missing_extra_is_one_line_and_exit_code_2(gonogo, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage.data", None)
    shown = gonogo("--out", tmp_path / "out")
    assert shown.exit_code == 2
    assert 'pip install "gonogo[demo]"' in shown.stderr
    assert not (tmp_path / "out").exists()
