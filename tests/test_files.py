"""Files appear whole or not at all, several of them together, and on this machine."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gonogo
from gonogo import files
from gonogo.datasets import evaluate_folder
from gonogo.deployment import apply_folder


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_files_in_folders_of_a_folder(tmp_path):
    made = files.write_all(tmp_path / "new", {"a/one": b"1", "b/c/two": b"2", "last": b"3"})
    assert made == [tmp_path / "new" / name for name in ("a/one", "b/c/two", "last")]
    assert contents(tmp_path / "new") == {"a/one": b"1", "b/c/two": b"2", "last": b"3"}


def test_a_failure_takes_back_the_folders_it_made(tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_all(tmp_path / "there", {"a/one": b"1", "b/c/two": b"2"})
    assert list((tmp_path / "there").iterdir()) == []


def test_a_staged_folder_is_moved_when_it_is_complete(tmp_path):
    (tmp_path / "out/a").mkdir(parents=True)
    (tmp_path / "out/a/old").write_bytes(b"old")
    with files.staged_folder(tmp_path / "out") as staged:
        (staged / "a/b").mkdir(parents=True)
        (staged / "a/b/new").write_bytes(b"new")
        (staged / "a/old").write_bytes(b"newer")
        assert (tmp_path / "out/a/old").read_bytes() == b"old"
    assert contents(tmp_path / "out") == {"a/b/new": b"new", "a/old": b"newer"}


def test_a_staged_folder_that_fails_leaves_nothing(tmp_path):
    def fail(folder):
        with files.staged_folder(folder) as staged:
            (staged / "half").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "new/out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_made_to_prove_it_writable_goes_unless_something_was_written(tmp_path):
    with files.proved_folder(tmp_path / "a/b"):
        assert list((tmp_path / "a/b").iterdir()) == []
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    with files.proved_folder(tmp_path / "a"):
        pass
    assert (tmp_path / "a").is_dir()
    with files.proved_folder(tmp_path / "a/b"):
        (tmp_path / "a/b/kept").touch()
    assert list(contents(tmp_path)) == ["a/b/kept"]


@pytest.mark.parametrize("url", ["s3://bucket/run", "gs://bucket/run", "memory://run"])
@pytest.mark.parametrize("like", [str, Path])
def test_nothing_is_written_to_a_url(tmp_path, monkeypatch, url, like):
    monkeypatch.chdir(tmp_path)
    masks = np.stack([np.eye(4, dtype=bool), np.zeros((4, 4), bool)])
    result = gonogo.evaluate(np.where(masks, 1.0, 0.0), masks)
    threshold = gonogo.fit_threshold([0.2, 0.8], [0, 1], policy="manual=0.5")
    place = like(url)
    for write in (
        result.save,
        result.report,
        gonogo.State().save,
        threshold.save,
        lambda path: evaluate_folder("maps", "masks", checkpoint=path),
        lambda path: apply_folder(Path("threshold.json"), Path("maps"), path),
    ):
        with pytest.raises(gonogo.InputError, match=r"found the URL \w+://.*on this machine; copy"):
            write(place)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["run", "C:\\run", "C:/run", "runs/a:b", "s3/run"])
def test_a_place_on_this_machine(path):
    assert files.local_path(path, "out") == Path(path)


def test_the_last_file_is_gone_before_the_first_is_replaced(tmp_path, monkeypatch):
    """What is cut off half way is no complete folder: old and new files are never mixed in one."""
    files.write_all(tmp_path, {"rows": b"old", "results": b"old"})
    monkeypatch.setattr(files.Path, "replace", broken)
    with pytest.raises(KeyboardInterrupt):
        files.write_all(tmp_path, {"rows": b"new", "results": b"new"})
    assert not (tmp_path / "results").exists()
    assert (tmp_path / "rows").read_bytes() == b"old"


def broken(*_):
    raise KeyboardInterrupt


def left_by(folder, process, token="00000000"):
    machine = files._staged_name().split("-")[1]
    path = folder / f".gonogo-{machine}-{process}-{token}-12345678"
    path.write_bytes(b"half")
    return path


def test_what_a_killed_process_left_is_removed_by_the_next_to_write_there(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gone = left_by(tmp_path, ended.pid)
    earlier = left_by(tmp_path, os.getpid())  # a process of the same number, before this one
    running = left_by(tmp_path, os.getppid())
    elsewhere = tmp_path / ".gonogo-ffffffff-1-00000000-12345678"
    elsewhere.write_bytes(b"half")
    forgotten = tmp_path / ".gonogo-eeeeeeee-1-00000000-12345678"
    forgotten.write_bytes(b"half")
    os.utime(forgotten, (0, 0))
    other = tmp_path / ".gonogo-checkpoint"
    other.mkdir()
    assert set(files.leftovers(tmp_path)) == {gone, earlier, forgotten}
    files.write_whole(tmp_path / "new", b"1")
    assert set(tmp_path.iterdir()) == {running, elsewhere, other, tmp_path / "new"}


def test_two_that_write_at_once_leave_each_other_alone(tmp_path):
    first, file = files.open_staged(tmp_path / "one")
    with file, files.staged_folder(tmp_path) as staged:
        assert first.exists()
        files.write_whole(tmp_path / "two", b"2")
        assert first.exists()
        assert staged.exists()


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    path = files.write_whole(tmp_path / ("x" * 255), b"1")
    assert path.read_bytes() == b"1"
