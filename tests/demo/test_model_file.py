import json
import pickle

import numpy as np
import pytest

from gonogo.demo import PatchCore
from gonogo.demo.features import WEIGHTS
from gonogo.errors import InputError

WIDTH = len(WEIGHTS)
HEADER = {
    "format": "gonogo.patchcore",
    "version": 1,
    "settings": {"bank": 5, "neighbours": 1, "smoothing": 0.0},
}


def write(path, header=HEADER, **changed):
    ones = np.ones(WIDTH, np.float32)
    arrays = {"mean": ones, "factor": ones, "bank": np.ones((5, WIDTH), np.float32)}
    np.savez(path, header=np.array(json.dumps(header)), **(arrays | changed))


def test_a_good_file_is_read(tmp_path):
    write(tmp_path / "patchcore.npz")
    detector = PatchCore()
    detector.load_from_path(tmp_path)
    assert (detector.bank, detector.neighbours, detector.smoothing) == (5, 1, 0.0)


@pytest.mark.parametrize(
    ("header", "changed", "message"),
    [
        (HEADER | {"version": 2}, {}, "version 2; expected 'gonogo.patchcore' version 1"),
        (HEADER | {"format": "other"}, {}, "found 'other' version 1"),
        ({"format": "gonogo.patchcore", "version": 1}, {}, "found no usable settings"),
        (HEADER | {"settings": {"bank": "x"}}, {}, "found no usable settings"),
        ([], {}, "found no header"),
        (HEADER, {"bank": np.ones((5, 3), np.float32)}, r"found bank as float32 of shape \(5, 3\)"),
        (HEADER, {"bank": np.ones((5, WIDTH))}, "found bank as float64"),
        (HEADER, {"bank": np.ones((0, WIDTH), np.float32)}, "found bank empty or not finite"),
        (HEADER, {"mean": np.full(WIDTH, np.nan, np.float32)}, "found mean empty or not finite"),
        (HEADER, {"mean": np.array([{}], object)}, "cannot read a saved detector"),
    ],
)
def test_other_content_is_refused_by_name(tmp_path, header, changed, message):
    write(tmp_path / "patchcore.npz", header, **changed)
    with pytest.raises(InputError, match=message):
        PatchCore().load_from_path(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", pickle.dumps({"bank": 1})])
def test_damaged_and_pickled_files_are_refused(tmp_path, content):
    (tmp_path / "patchcore.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"patchcore\.npz: cannot read a saved detector"):
        PatchCore().load_from_path(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"b_patchcore\.npz: there is no such file"):
        PatchCore().load_from_path(tmp_path, prepend="b_")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_bytes(b"")
    detector = PatchCore()
    detector.fit([np.random.default_rng(0).random((1, 16, 16))])
    with pytest.raises(InputError, match="cannot write there"):
        detector.save_to_path(tmp_path / "taken")
