"""What the documents show has been run: Python blocks as doctests, options against ``--help``."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

import gonogo

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


def commands() -> list[str]:
    """Every different ``$ gonogo ...`` line that a page shows."""
    lines = [
        line
        for page in PAGES
        for block in blocks(page, "console")
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("$ gonogo ")
    ]
    return list(dict.fromkeys(lines))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_blocks_run_and_print_what_they_say(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "\n".join(blocks(page, "python"))
    test = doctest.DocTestParser().get_doctest(text, {}, name(page), str(page), 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    if said:
        pytest.fail("".join(said), pytrace=False)


def test_the_readme_has_python_blocks():
    assert all(block.startswith(">>> ") for block in blocks(ROOT / "README.md", "python"))
    assert len(blocks(ROOT / "README.md", "python")) > 1


@pytest.mark.parametrize("line", commands())
def test_commands_name_options_that_exist(line):
    from typer.testing import CliRunner

    from gonogo.cli.app import app

    command, *rest = shlex.split(line, comments=True)[2:]
    options = [word.partition("=")[0] for word in rest if word.startswith("--")]
    run = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert run.exit_code == 0, run.output
    assert [option for option in options if option not in run.output] == []


def test_the_table_of_the_demo_is_what_the_demo_gives(tmp_path):
    """To 0.002: the last digits of the detector's maps may differ between processors."""
    from gonogo.demo import build

    folder = build(tmp_path / "demo")
    run = gonogo.evaluate_folder(folder.maps, folder.dataset)
    shown = blocks(ROOT / "README.md", "console")
    wanted = cells("\n".join(shown))
    given = cells(repr(run))
    assert wanted.keys() == given.keys() == {*run.categories, "mean"}
    for row, numbers in wanted.items():
        assert numbers == pytest.approx(given[row], abs=0.002), row


def cells(text: str) -> dict[str, list[float]]:
    """The rows of a printed table that hold a name and numbers."""
    rows = (line.split() for line in text.splitlines())
    return {
        row[0]: [float(cell) for cell in row[1:]] for row in rows if len(row) > 1 and _numbers(row)
    }


def _numbers(row: list[str]) -> bool:
    return all(re.fullmatch(r"[01]\.\d{4}", cell) for cell in row[1:])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
