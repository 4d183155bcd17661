"""Names of files in the lines that list them."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from gonogo.cli.app import app
from gonogo.cli.output import one_line


@pytest.mark.parametrize(
    ("name", "shown"),
    [("run", "run"), ("a\nb", "a\\nb"), ("a\tb", "a\\tb"), ("a\x1b[31mb", "a\\x1b[31mb")],
)
def test_a_name_is_one_line(name, shown):
    assert one_line(name) == shown


def test_a_folder_with_a_line_feed_is_listed_in_one_line(tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("image,score,label\na,0.1,0\nb,0.9,1\n")
    out = tmp_path / "a\nwrote b"
    done = CliRunner().invoke(app, ["evaluate", str(scores), "--out", str(out), "--no-report"])
    assert done.exit_code == 0, done.output
    wrote = [line for line in done.output.splitlines() if line.startswith("wrote ")]
    assert len(wrote) == 4
    assert all("a\\nwrote b/" in line for line in wrote)
