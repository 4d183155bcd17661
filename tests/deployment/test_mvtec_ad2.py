"""The submission of MVTec AD 2: layout, counts, float16, and an archive that is always the same."""

from __future__ import annotations

import gzip
import tarfile

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo
from gonogo.deployment import apply_folder, mvtec_ad2

REAL = mvtec_ad2.COUNTS
FEW = {"can": 2, "rice": 1}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """A benchmark of two small objects."""
    monkeypatch.setattr(mvtec_ad2, "COUNTS", FEW)


def write_maps(folder, counts=FEW, shape=(3, 4), scale=1.0):
    rng = np.random.default_rng(0)
    for thing, count in counts.items():
        for split, kind in (("test_private", "regular"), ("test_private_mixed", "mixed")):
            (folder / thing / split).mkdir(parents=True)
            for i in range(count):
                scores = (scale * rng.random(shape)).astype(np.float32)
                tifffile.imwrite(folder / thing / split / f"{i:03}_{kind}.tiff", scores)
    return folder


def fitted(folder, value=0.5, level="pixel"):
    threshold = gonogo.fit_threshold([0.1], policy=f"manual={value}", level=level)
    return threshold.save(folder / f"{level} {value}.json")


def submit(threshold, maps, out, **options):
    return apply_folder(threshold, maps, out, output_format="mvtec-ad2", **options)


def test_the_layout(tmp_path):
    maps, out = write_maps(tmp_path / "maps"), tmp_path / "out"
    done = submit(fitted(tmp_path), maps, out)
    assert [path.name for path in done.files] == ["decisions.csv", "submission.tar.gz"]
    for path in sorted(maps.rglob("*.tiff")):
        name = path.relative_to(maps)
        scores = tifffile.imread(path)
        half = tifffile.imread(out / "submission" / "anomaly_images" / name)
        assert half.dtype == np.float16
        assert np.array_equal(half, scores.astype(np.float16))
        folder = out / "submission" / "anomaly_images_thresholded"
        mask = np.asarray(Image.open(folder / name.with_suffix(".png")))
        assert mask.ndim == 2
        assert (mask == 255).tolist() == (scores >= np.float32(0.5)).tolist()
        assert set(np.unique(mask)) <= {0, 255}
    with tarfile.open(out / "submission.tar.gz") as archive:
        names = archive.getnames()
        assert names == sorted(names)
        assert len(names) == 2 * 2 * sum(FEW.values())
        for member in archive:
            assert member.isfile()
            assert (member.mtime, member.uid, member.gid, member.mode) == (0, 0, 0, 0o644)
            assert archive.extractfile(member).read() == (out / member.name).read_bytes()
    assert "submission/anomaly_images/can/test_private/000_regular.tiff" in names
    assert "submission/anomaly_images_thresholded/rice/test_private_mixed/000_mixed.png" in names


def test_the_same_bytes_every_time(tmp_path):
    maps, threshold = write_maps(tmp_path / "maps"), fitted(tmp_path)
    archives = []
    for name in ("a", "b"):
        submit(threshold, maps, tmp_path / name)
        archives.append((tmp_path / name / "submission.tar.gz").read_bytes())
    assert archives[0] == archives[1]
    assert gzip.decompress(archives[0])
    again = submit(threshold, maps, tmp_path / "a")
    assert again.earlier == len(again.decisions) == 6


def test_the_root_may_be_a_submission_already(tmp_path):
    root = tmp_path / "old"
    write_maps(root / "anomaly_images")
    submit(fitted(tmp_path), root, tmp_path / "out")
    assert (tmp_path / "out/submission/anomaly_images/can/test_private/000_regular.tiff").exists()


def test_without_masks(tmp_path):
    maps, out = write_maps(tmp_path / "maps"), tmp_path / "out"
    submit(fitted(tmp_path, level="image"), maps, out)
    assert not (out / "submission" / "anomaly_images_thresholded").exists()
    submit(
        fitted(tmp_path, level="image"),
        maps,
        out,
        masks=fitted(tmp_path, level="pixel"),
        force=True,
    )
    assert (out / "submission" / "anomaly_images_thresholded").exists()


def test_a_threshold_for_each_object(tmp_path):
    maps, folder = write_maps(tmp_path / "maps"), tmp_path / "thresholds"
    folder.mkdir()
    for thing, value in (("can", 0.0), ("rice", 2.0)):
        fitted(tmp_path, value).rename(folder / f"{thing}.json")
    done = submit(folder, maps, tmp_path / "out")
    assert {d.name.split("/")[0]: d.anomalous for d in done.decisions} == {
        "can": True,
        "rice": False,
    }


def test_counts_are_checked_before_anything_is_written(tmp_path):
    maps = write_maps(tmp_path / "maps", {"can": 1, "rice": 1})
    with pytest.raises(gonogo.InputError) as error:
        submit(fitted(tmp_path), maps, tmp_path / "out")
    message = "incomplete set for MVTec AD 2: can/test_private has 1 of 2, can/test_private_mixed"
    assert message in str(error.value)
    assert not (tmp_path / "out").exists()


def test_the_real_counts(monkeypatch):
    monkeypatch.setattr(mvtec_ad2, "COUNTS", REAL)
    assert sum(REAL.values()) == 2045
    names = [
        f"{thing}/{split}/{i:03}_{kind}.tiff"
        for thing, count in REAL.items()
        for split, kind in mvtec_ad2.SPLITS.items()
        for i in range(count)
    ]
    mvtec_ad2.check_complete(names)
    for wrong in (names[1:], [*names, "can/test_private/321_regular.tiff"]):
        with pytest.raises(gonogo.InputError, match=r"can/test_private has 32[02] of 321; the"):
            mvtec_ad2.check_complete(wrong)


@pytest.mark.parametrize(
    "name",
    [
        "can/test_public/000_regular.tiff",
        "can/test_private/000_mixed.tiff",
        "can/test_private_mixed/000_regular.tiff",
        "can/test_private/0_regular.tiff",
        "bottle/test_private/000_regular.tiff",
        "000_regular.tiff",
        "x/can/test_private/000_regular.tiff",
    ],
)
def test_other_names_are_refused(name):
    with pytest.raises(gonogo.InputError, match="expected the layout of MVTec AD 2"):
        mvtec_ad2.check_complete([name])


def test_scores_beyond_float16(tmp_path):
    maps = write_maps(tmp_path / "maps", scale=1e6)
    with pytest.raises(gonogo.InputError, match="beyond the 65504 of float16"):
        submit(fitted(tmp_path), maps, tmp_path / "out")
    submit(fitted(tmp_path), maps, tmp_path / "scaled", normalization="divide_by_threshold")
    path = tmp_path / "scaled/submission/anomaly_images/can/test_private/000_regular.tiff"
    assert tifffile.imread(path).max() == 1000


def near(threshold, shape=(8, 16)):
    """float32 scores around a threshold: the nearest ones, and those of float16."""
    at = np.float32(threshold)
    steps = np.arange(-64, 64) * np.float32(np.spacing(at))
    scores = np.concatenate([at + steps[:96], at * np.linspace(0.5, 2, 32, dtype=np.float32)])
    return np.sort(scores).astype(np.float32).reshape(shape)


SCALES = {
    "none": lambda _: None,
    "min_max": lambda t: gonogo.MinMax(t, 0.0, 3.0 * t),
    "cdf": lambda t: gonogo.Cdf(t, 0.0, 2.0),
    "divide_by_threshold": gonogo.DivideByThreshold,
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.5, 2049.0, 40000.1, 1e-7, 65503.9])
def test_a_decision_is_the_same_on_the_float16_that_is_written(tmp_path, scale, value):
    """Rounding to float16 carries scores just under the threshold onto it, and others below it."""
    maps, out = write_maps(tmp_path / "maps"), tmp_path / "out"
    path = maps / "can/test_private/000_regular.tiff"
    scores = near(value).clip(0, 65504)
    tifffile.imwrite(path, scores)
    threshold = gonogo.fit_threshold([0.1], policy=f"manual={value!r}", level="pixel")
    file = threshold.save(tmp_path / "t.json", normalization=SCALES[scale](value))
    submit(file, maps, out)
    name = "can/test_private/000_regular"
    half = tifffile.imread(out / f"submission/anomaly_images/{name}.tiff")
    mask = Image.open(out / f"submission/anomaly_images_thresholded/{name}.png")
    flagged = np.asarray(mask) == 255
    assert half.dtype == np.float16
    assert 0 < flagged.sum() < flagged.size
    assert flagged.tolist() == (scores.astype(np.float64) >= value).tolist()
    at = value if scale == "none" else SCALES[scale](value).normalized_threshold
    assert (half.astype(np.float64) >= at).tolist() == flagged.tolist()
    assert (half >= at).tolist() == flagged.tolist(), "also where NumPy rounds the threshold"
    assert (np.diff(half.ravel().astype(np.float64)) >= 0).all(), "no order is turned around"


@pytest.mark.parametrize("top", [-1, 0])
def test_an_image_is_decided_alike_by_the_maximum_of_the_float16(tmp_path, top):
    maps, out, value = write_maps(tmp_path / "maps"), tmp_path / "out", 0.1
    scores = np.full((3, 4), 0.01, np.float32)
    scores[1, 2] = np.float32(value) if top == 0 else np.nextafter(np.float32(value), np.float32(0))
    tifffile.imwrite(maps / "can/test_private/000_regular.tiff", scores)
    done = submit(fitted(tmp_path, value, "image"), maps, out)
    half = tifffile.imread(out / "submission/anomaly_images/can/test_private/000_regular.tiff")
    assert (float(half.max()) >= value) == done.decisions[0].anomalous == (top == 0)


def test_a_threshold_beyond_float16_decides_nothing_that_was_rounded(tmp_path):
    """No float16 reaches 65504.5, so a score that does cannot be written; 65504 can."""
    maps = write_maps(tmp_path / "maps")
    path = maps / "can/test_private/000_regular.tiff"
    file = fitted(tmp_path, 65504.5)
    tifffile.imwrite(path, np.full((2, 2), 65504.0, np.float32))
    submit(file, maps, tmp_path / "out")
    half = tifffile.imread(tmp_path / "out/submission/anomaly_images/can/test_private" / path.name)
    assert np.isfinite(half).all()
    assert not (half >= 65504.5).any()
    tifffile.imwrite(path, np.full((2, 2), 65505.0, np.float32))
    with pytest.raises(gonogo.InputError, match="found scores from 65505 to 65505, beyond the 65"):
        submit(file, maps, tmp_path / "other")


def test_a_folder_is_needed(tmp_path):
    with pytest.raises(gonogo.InputError, match="a submission needs a folder"):
        submit(fitted(tmp_path), write_maps(tmp_path / "maps"), None)


def test_half_an_archive_is_never_seen(tmp_path, monkeypatch):
    maps, out = write_maps(tmp_path / "maps"), tmp_path / "out"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mvtec_ad2, "_add", full)
    with pytest.raises(OSError, match="No space"):
        submit(fitted(tmp_path), maps, out)
    assert [path.name for path in out.iterdir() if "tar" in path.name] == []
