"""What the documents show has been run: Python blocks as doctests, options against ``--help``."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
