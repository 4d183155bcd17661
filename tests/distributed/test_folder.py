"""The main job on a cluster: folders, URLs and Zarr arrays, in Python and on a command line."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import gonogo
from gonogo import distributed
from gonogo.cli.app import app
from gonogo.datasets import evaluate_folder
from gonogo.errors import InputError
from gonogo.types import Origin
from tests.cli.conftest import write_category
from tests.distributed.conftest import document


@pytest.fixture
def folders(tmp_path):
    maps, truth = tmp_path / "model", tmp_path / "data"
    for name in ("bottle", "cable"):
        write_category(maps / name, truth / name)
    return maps, truth


def test_folders(client, folders, tmp_path):
    told = []
    names = [f"{k}/{i}" for k in ("good", "hole", "scratch") for i in ("000", "001")]
    lines = [
        f"{c}/test/{name}.png,{k}\n" for c in ("bottle", "cable") for k, name in enumerate(names)
    ]
    (tmp_path / "scores.csv").write_text("".join(["image,score\n", *lines]))
    options = {"image_scores": tmp_path / "scores.csv", "at_fpr": 0.1, "mode": "exact"}
    there = distributed.evaluate_folder(
        *folders, client=client, partition=2, progress=lambda *now: told.append(now), **options
    )
    assert document(there) == document(evaluate_folder(*folders, **options))
    assert {category for category, _, _ in told} == {"bottle", "cable"}
    assert told[-1] == ("cable", 5, 5)
    only = distributed.evaluate_folder(*folders, client=client, categories=["cable"])
    assert list(only.categories) == ["cable"]


@pytest.mark.filterwarnings("ignore:.*several mask files:gonogo.errors.InputWarning")
@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_folders_of_other_names(client, folders, mode):
    """Normal folders and masks of other names, masks in parts, sizes of photographs."""
    maps, truth = folders
    for path in (*maps.rglob("good"), *truth.rglob("good")):
        path.rename(path.with_name("fine"))
    for path in truth.glob("*/ground_truth/*/*.png"):
        whole = np.asarray(Image.open(path).resize((32, 24), Image.Resampling.NEAREST))
        for place, part in enumerate((whole * (np.arange(32) < 14), whole * (np.arange(32) > 11))):
            part = Image.fromarray(part.astype(np.uint8))
            part.save(path.with_name(path.name.replace("_mask", f"_m_{place}")))
        path.unlink()
    for place, path in enumerate(sorted(truth.rglob("test/*/*.png"))):
        size = (30 + place, 20) if path.parent.name == "fine" else (32, 24)
        Image.open(path).resize(size).save(path)
    options = {"normal": "fine", "mask_suffix": "_m", "resize": "nearest", "mode": mode}
    here = evaluate_folder(*folders, **options)
    there = distributed.evaluate_folder(*folders, client=client, partition=2, **options)
    assert document(there) == document(here)
    assert there.origin == here.origin
    widths = {row.width for row in there.categories["cable"].images if not row.label}
    assert len(widths) == 2
    assert widths.isdisjoint({16, 32})
    images = distributed.evaluate_folder(*folders, client=client, normal="fine", task="image")
    assert {one.pixel for one in images.categories.values()} == {None}
    with pytest.raises(TypeError, match="unexpected keyword argument 'normals'"):
        distributed.evaluate_folder(*folders, client=client, normals="fine")


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_a_damaged_file(client, folders, mode):
    maps, _ = folders
    path = maps / "cable/test/scratch/000.tiff"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match=f"^{path}: "):
        distributed.evaluate_folder(*folders, client=client, mode=mode)
    there = distributed.evaluate_folder(*folders, client=client, mode=mode, on_error="skip")
    here = evaluate_folder(*folders, mode=mode, on_error="skip")
    assert there.categories["cable"].skipped[0].name == "cable/test/scratch/000.tiff"
    assert document(there) == document(here)


def test_zarr_arrays_are_cut_at_their_chunks(client, tmp_path):
    zarr = pytest.importorskip("zarr")
    rng = np.random.default_rng(4)
    maps = rng.normal(size=(10, 8, 6)).astype(np.float32)
    masks = rng.random((10, 8, 6)) < 0.1
    masks[::2] = False
    for name, array in (("maps.zarr", maps), ("masks.zarr", masks)):
        stored = zarr.create_array(
            str(tmp_path / name), shape=array.shape, chunks=(4, 8, 6), dtype=array.dtype
        )
        stored[...] = array
    told = []
    run = distributed.evaluate_folder(
        tmp_path / "maps.zarr",
        tmp_path / "masks.zarr",
        client=client,
        mode="certified",
        progress=lambda *now: told.append(now[1]),
    )
    assert sorted(np.diff([0, *told])) == [2, 4, 4]
    (result,) = run.categories.values()
    assert document(result) == document(gonogo.evaluate(maps, masks, mode="certified"))


def test_urls(folders):
    """In one process, because each has a memory:// of its own."""
    fsspec = pytest.importorskip("fsspec")
    from distributed import Client

    memory = fsspec.filesystem("memory")
    root = folders[0].parent
    for path in root.rglob("*"):
        if path.is_file():
            memory.pipe_file(f"/far/{path.relative_to(root)}", path.read_bytes())
    try:
        with Client(
            processes=False, n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0"
        ) as client:
            there = distributed.evaluate_folder(
                "memory://far/model", "memory://far/data", client=client
            )
    finally:
        memory.rm("/far", recursive=True)
    here = evaluate_folder(*folders)
    assert there.origin == Origin(maps="memory://far/model", ground_truth="memory://far/data")
    assert document(replace(there, origin=here.origin)) == document(here)


@pytest.fixture
def command():
    """Run the command line with these words."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], prog_name="gonogo")


def printed(result):
    assert result.exit_code == 0, result.output
    whole = json.loads(result.stdout)
    return {key: whole[key] for key in whole.keys() - {"created", "seconds", "command"}}


def test_the_command_line(command, client, folders):
    here = printed(command("evaluate", *folders, "--json"))
    address = client.scheduler.address
    assert printed(command("evaluate", *folders, "--json", "--scheduler", address)) == here
    assert printed(command("evaluate", *folders, "--json", "--workers", "2")) == here


@pytest.mark.parametrize("task", ["segmentation", "classification"])
def test_settings_in_a_file(command, client, folders, tmp_path, task):
    maps, data = (folder / "bottle" for folder in folders)
    file = tmp_path / "settings.yaml"
    file.write_text(
        f"maps: {maps}\ndataset: {{path: {data}, abnormal_dir: [test/hole, test/scratch], "
        f"normal_test_dir: test/good, mask: ground_truth, task: {task}}}\n"
    )
    here = printed(command("evaluate", "--config", file, "--json"))
    address = client.scheduler.address
    assert printed(command("evaluate", "--config", file, "--json", "--scheduler", address)) == here


def test_image_scores_that_were_given_are_said_to_be(client, folders, tmp_path):
    """As by :func:`gonogo.evaluate_folder`."""
    evaluate_folder(*folders).save(tmp_path / "run")
    given = {"image_scores": tmp_path / "run/images.csv"}
    there = distributed.evaluate_folder(*folders, client=client, **given)
    assert there.settings.image_score == "given"
    assert document(there) == document(evaluate_folder(*folders, **given))


def test_what_the_command_line_refuses(command, folders, monkeypatch):
    both = command("evaluate", *folders, "--workers", "2", "--scheduler", "tcp://127.0.0.1:9")
    assert both.exit_code == 2
    assert "give one of them" in both.stderr
    assert command("evaluate", *folders, "--workers", "0").exit_code == 2
    monkeypatch.setitem(sys.modules, "distributed", None)
    missing = command("evaluate", *folders, "--workers", "2")
    assert missing.exit_code == 2
    assert 'pip install "gonogo[dask]"' in missing.stderr
    assert len(missing.stderr.splitlines()) == 1
