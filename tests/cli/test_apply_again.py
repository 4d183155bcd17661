"""``gonogo apply`` into a folder with other decisions, and past maps that cannot be used."""

from __future__ import annotations

import csv
import shutil

import pytest
import tifffile


@pytest.fixture
def pixel(gonogo, bottle, tmp_path):
    path = tmp_path / "pixel.json"
    fit = ("threshold", bottle[0], "--ground-truth", bottle[1], "-p", "f1", "--out", path)
    assert gonogo(*fit, "--normalise", "min_max").exit_code == 0
    return path


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def spoil(path, content=b""):
    path.write_bytes(content)
    return path


class TestOtherMaps:
    @pytest.fixture
    def others(self, bottle, tmp_path):
        """Fewer maps of the same names, and one of another."""
        folder = tmp_path / "others"
        shutil.copytree(bottle[0] / "test/good", folder / "test/good")
        (folder / "test/good/001.tiff").rename(folder / "test/good/new.tiff")
        return folder

    def test_they_are_refused_and_nothing_changes(self, gonogo, pixel, bottle, others, tmp_path):
        out = tmp_path / "out"
        assert gonogo("apply", pixel, bottle[0], "--out", out).exit_code == 0
        before = {name: (out / name).read_bytes() for name in names(out)}
        refused = gonogo("apply", pixel, others, "--out", out)
        assert refused.exit_code == 2
        assert f"found what other maps have made ({bottle[0]}); name another" in refused.stderr
        assert {name: (out / name).read_bytes() for name in names(out)} == before

    def test_force_begins_anew(self, gonogo, pixel, bottle, others, tmp_path):
        """What is there afterwards is what a new folder would hold, and what somebody else put."""
        out, fresh = tmp_path / "out", tmp_path / "fresh"
        assert gonogo("apply", pixel, bottle[0], "--out", out).exit_code == 0
        (out / "masks/test/hole/mine.png").write_text("mine")
        assert gonogo("apply", pixel, others, "--out", out, "--force").exit_code == 0
        assert gonogo("apply", pixel, others, "--out", fresh).exit_code == 0
        assert names(out) == names(fresh) | {"masks/test/hole/mine.png"}
        assert not (out / "maps/test/scratch").exists()
        assert rows(out / "decisions.csv") == rows(fresh / "decisions.csv")

    def test_only_files_in_the_folder_are_removed(self, gonogo, pixel, bottle, tmp_path):
        out = tmp_path / "out"
        assert gonogo("apply", pixel, bottle[0], "--out", out).exit_code == 0
        journal = out / "progress.jsonl"
        text = journal.read_text().replace("masks/test/hole/000.png", "../pixel.json")
        journal.write_text(text)
        assert gonogo("apply", pixel, bottle[0], "--out", out, "--force").exit_code == 0
        assert pixel.is_file()


class TestBadMaps:
    def test_they_stop_it_unless_they_are_to_be_skipped(self, gonogo, pixel, bottle, tmp_path):
        bad, out = spoil(bottle[0] / "test/good/001.tiff"), tmp_path / "out"
        refused = gonogo("apply", pixel, bottle[0], "--out", out)
        assert refused.exit_code == 2
        assert f"{bad}: found an empty file" in refused.stderr
        done = gonogo("apply", pixel, bottle[0], "--out", out, "--on-error", "skip")
        assert done.exit_code == 0, done.output
        said = " ".join(done.stdout.split())
        assert "of 4 images anomalous" in said
        assert f"1 image skipped in model: {bad}: found an empty file" in said
        assert f"wrote {out / 'skipped.csv'}" in said
        assert f"wrote {out / 'masks'} (4 files)" in said
        assert f"wrote {out / 'maps'} (4 files)" in said
        assert len(rows(out / "decisions.csv")) == 4
        (row,) = rows(out / "skipped.csv")
        assert row["name"] == "test/good/001.tiff"
        assert row["reason"].startswith(f"{bad}: found an empty file")

    def test_a_map_that_was_mended_is_decided_the_next_time(self, gonogo, pixel, bottle, tmp_path):
        path, out = bottle[0] / "test/good/001.tiff", tmp_path / "out"
        scores = tifffile.imread(path)
        spoil(path, b"II*\0 no map")
        skip = ("apply", pixel, bottle[0], "--out", out, "--on-error", "skip")
        assert gonogo(*skip).exit_code == 0
        tifffile.imwrite(path, scores)
        done = gonogo(*skip)
        assert "(4 decided earlier)" in done.stdout
        assert len(rows(out / "decisions.csv")) == 5
        assert not (out / "skipped.csv").exists()

    def test_they_are_told_beside_decisions_that_are_printed(self, gonogo, pixel, bottle):
        spoil(bottle[0] / "test/good/001.tiff")
        done = gonogo("apply", pixel, bottle[0], "--on-error", "skip")
        assert done.exit_code == 0
        assert [row["name"] for row in csv.DictReader(done.stdout.splitlines())] == [
            f"test/{name}.tiff" for name in ("good/000", "hole/000", "scratch/000", "scratch/001")
        ]
        assert "warning: 1 image skipped in model: " in done.stderr

    def test_something_must_be_left(self, gonogo, pixel, bottle):
        for path in bottle[0].rglob("*.tiff"):
            spoil(path)
        refused = gonogo("apply", pixel, bottle[0], "--on-error", "skip")
        assert refused.exit_code == 2
        assert "none of the 5 images can be used; the first: " in refused.stderr

    def test_a_submission_has_all_of_them(self, gonogo, pixel, bottle, tmp_path):
        words = ("--format", "mvtec-ad2", "--out", tmp_path / "out", "--on-error", "skip")
        refused = gonogo("apply", pixel, bottle[0], *words)
        assert refused.exit_code == 2
        assert "--on-error: found skip; a submission has all images" in refused.stderr
