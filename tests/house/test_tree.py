"""The tree stays readable, installable anywhere, and accounted for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "ana" + "conda.org",
]
FOLDERS = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/op" + "t/", "/t" + "mp/"]
UNWELCOME = re.compile(
    "|".join(re.escape(host) for host in REGISTRIES)
    + "|" + r"(?<![\w.~*<>)}/-])(?:" + "|".join(FOLDERS) + r")\w"
    + "|" + r"file:" + r"//\w*/|[A-Z]:\\Users"
)  # fmt: skip


def tracked() -> list[Path]:
    """Files that git tracks or would track; a source archive has no git, and nothing to check."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def notes() -> list[Path]:
    return [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]


def test_no_source_file_is_too_long():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_registry_host_and_no_path_of_one_machine():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if UNWELCOME.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "index-url = https://" + REGISTRIES[0] + "/simple",
        "path = '" + FOLDERS[0] + "x'",
        "cd " + FOLDERS[2] + "someone/data",
        "open(" + FOLDERS[5] + "maps)",
    ],
)
def test_these_lines_would_be_caught(line):
    assert UNWELCOME.search(line)


@pytest.mark.parametrize(
    "line", ["model/root/x", "../work/x", "https://example.org/home/x", "a / tmp"]
)
def test_these_lines_are_fine(line):
    assert not UNWELCOME.search(line)


def test_every_changelog_note_has_a_kind_and_says_something():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = "|".join(kind["directory"] for kind in config["tool"]["towncrier"]["type"])
    name = re.compile(rf"(?:\+[a-z0-9-]+|[0-9]+)\.(?:{kinds})\.md")
    assert [note.name for note in notes() if not name.fullmatch(note.name)] == []
    assert [note.name for note in notes() if not note.read_text(encoding="utf-8").strip()] == []


def test_there_is_a_changelog_note_or_a_changelog():
    assert notes() or (ROOT / "CHANGELOG.md").exists()
