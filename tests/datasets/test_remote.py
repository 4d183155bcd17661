"""Folders behind URLs, in fsspec's memory, read as folders on disk are."""

from __future__ import annotations

import io
import pickle
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from gonogo.datasets import evaluate_folder, find_categories
from gonogo.datasets.remote import RemotePath, any_path, at_hand
from gonogo.datasets.score_file import with_scores
from gonogo.errors import InputError, MissingExtra
from tests.datasets.conftest import write_map, write_mask

fsspec = pytest.importorskip("fsspec", reason="the dask extra is not installed")


@pytest.fixture
def upload(tmp_path):
    """Copies the folder of a test to memory://; returns URLs for paths."""
    memory = fsspec.filesystem("memory")

    def sent(*folders: Path) -> list[str]:
        for path in tmp_path.rglob("*"):
            if path.is_file():
                memory.pipe_file(f"/data/{path.relative_to(tmp_path)}", path.read_bytes())
        return [f"memory://data/{folder.relative_to(tmp_path)}" for folder in folders]

    yield sent
    memory.rm("/", recursive=True)


@pytest.mark.parametrize("layout", ["mvtec", "plain", "root"])
def test_every_layout(request, upload, layout):
    folders = request.getfixturevalue(layout)
    there, here = evaluate_folder(*upload(*folders)), evaluate_folder(*folders)
    assert list(there.categories) == list(here.categories)
    for name, result in here.categories.items():
        assert there.categories[name].to_dict() == result.to_dict()
        assert there.categories[name].images == result.images


def test_every_format(tmp_path, upload):
    maps, truth = tmp_path / "screws", tmp_path / "masks"
    write_map(maps / "a.tiff", 1)
    write_map(maps / "normal.TIF", 2)
    scores = np.arange(192.0).reshape(12, 16)
    np.save(maps / "b.npy", scores)
    np.savez(maps / "c.npz", scores)
    from PIL import Image

    Image.fromarray(scores.astype(np.uint8)).save(maps / "d.png")
    for name in ("a.png", "b.bmp", "c.gif", "d.tiff"):
        write_mask(truth / name)
    there, here = evaluate_folder(*upload(maps, truth)), evaluate_folder(maps, truth)
    assert there.categories["screws"].to_dict() == here.categories["screws"].to_dict()


def test_scores_from_a_file_beside_maps_elsewhere(plain, upload, tmp_path):
    lines = "".join(f"{name},{k}\n" for k, name in enumerate("abcd"))
    (tmp_path / "scores.csv").write_text("image,score\n" + lines)
    found = with_scores(find_categories(*upload(*plain)), tmp_path / "scores.csv")
    assert [image.score for image in found["screws"]] == [0, 1, 2, 3]


def test_names_and_places():
    maps, _ = "memory://data/maps/", None
    path = any_path(maps)
    assert str(path) == "memory://data/maps"
    assert (path.name, str(path.parent), str(path / "a.b.TIF")) == (
        "maps",
        "memory://data",
        "memory://data/maps/a.b.TIF",
    )
    assert ((path / "a.b.TIF").stem, (path / "a.b.TIF").suffix) == ("a.b", ".TIF")
    assert str(RemotePath.of("memory:///a/b")) == "memory:///a/b"
    inside = RemotePath.of("zip://in/side::s3://bucket/x.zip")
    assert str(inside.parent / "b") == "zip://in/b::s3://bucket/x.zip"
    assert str(RemotePath.of("simplecache::s3://a/b/") / "c") == "simplecache::s3://a/b/c"
    assert str(any_path("memory://")) == "memory://"
    with pytest.raises(InputError, match="found no URL; expected one such as"):
        any_path("a b://c")
    assert pickle.loads(pickle.dumps(path)) == path
    assert any_path(path) is path
    assert any_path("maps") == Path("maps")


def test_size_and_time_of_a_file(plain, upload):
    maps, _ = upload(*plain)
    stat = (any_path(maps) / "a.tiff").stat()
    assert stat.st_size == (plain[0] / "a.tiff").stat().st_size
    assert stat.st_mtime_ns > 10**18


def refuses(message: str, maps: object, truth: object) -> None:
    with pytest.raises(InputError, match=message):
        evaluate_folder(maps, truth)


def test_what_is_missing_or_unreadable(plain, upload):
    maps, truth = upload(*plain)
    refuses(
        "maps: there is no folder memory://data/none; check the path", "memory://data/none", truth
    )
    refuses("maps: found a file, memory://data/screws/a.tiff", f"{maps}/a.tiff", truth)
    refuses(r"nonsense://: fsspec knows no such URLs \(.*nonsense", "nonsense://data", truth)
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/data/screws/b.tiff", memory.cat_file("/data/screws/b.tiff")[:200])
    refuses("^memory://data/screws/b.tiff: found a truncated TIFF", maps, truth)
    memory.pipe_file("/data/screws/b.tiff", b"")
    refuses("^memory://data/screws/b.tiff: found an empty file", maps, truth)
    image = find_categories(maps, truth)["screws"][1]
    memory.rm_file("/data/screws/b.tiff")
    with pytest.raises(InputError, match=r"^memory://data/screws/b.tiff: cannot open it \(No such"):
        image.load()


def test_an_error_of_the_store_names_the_file(plain, upload, monkeypatch):
    maps, truth = upload(*plain)

    def denied(*_, **__):
        raise RuntimeError("the key\nis wrong")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "cat_file", denied)
    refuses(r"^memory://data/\w+/\w.\w+: cannot read it \(the key is wrong\)", maps, truth)


def test_missing_libraries_are_named(monkeypatch):
    with pytest.raises(MissingExtra, match=r"s3://: fsspec needs another library \(.*s3fs"):
        evaluate_folder("s3://bucket/x", "s3://bucket/y")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtra, match=re.escape('pip install "gonogo[dask]"')):
        evaluate_folder("memory://x", "memory://y")


def test_a_file_in_memory_stands_where_readers_take_a_path():
    fsspec.filesystem("memory").pipe_file("/x/a.npy", b"12345")
    file = at_hand(any_path("memory://x/a.npy"))
    assert isinstance(file, io.BytesIO)
    assert (str(file), file.suffix, file.read_bytes()) == ("memory://x/a.npy", ".npy", b"12345")
    assert file.open("rb").read() == b"12345"
    assert file.stat().st_size == 5
