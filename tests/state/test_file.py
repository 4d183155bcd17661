"""Saved states: the same when they come back, and refused by name when they are no use."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

import gonogo
from gonogo import InputError
from gonogo.states import state_file
from tests.oracles.agreement import quietly, same_bits
from tests.state.content import content, filled

RNG = np.random.default_rng(11)
MAPS = [
    RNG.random((4, 3)).astype(np.float32),
    RNG.random((2, 5)).astype(np.float16),
    RNG.integers(0, 99, (3, 3)),
    RNG.random((2, 2)),
]
MASKS = [np.eye(4, 3, dtype=bool), None, np.ones((3, 3), int), np.zeros((2, 2), bool)]
MORE = {"names": ["a", None, "ü/\udcff", "b"], "defects": ["x", None, "y", None]}
MODES = ("exact", "certified", "auto")


def state_of(mode):
    return filled({"mode": mode, "pixel_thresholds": [0.5, np.inf]}, MAPS, MASKS, **MORE)


@pytest.fixture
def saved(tmp_path):
    state = gonogo.State()
    state.update([np.arange(4.0).reshape(2, 2)], [np.eye(2, dtype=bool)])
    return state.save(tmp_path / "shard.gonogo")


@pytest.mark.parametrize("mode", MODES)
def test_a_saved_state_comes_back(mode, tmp_path):
    state = state_of(mode)
    path = state.save(tmp_path / "deep" / "shard.gonogo")
    loaded = gonogo.State.load(str(path))
    assert content(loaded) == content(state)
    found, wanted = quietly(loaded.compute), quietly(state.compute)
    same_bits(found.to_dict(), wanted.to_dict())
    assert found.images == wanted.images
    assert content(loaded + loaded) == content(state + state)


@pytest.mark.parametrize("mode", MODES)
def test_an_empty_state_comes_back(mode, tmp_path):
    empty = gonogo.State(mode=mode, budget="2MiB")
    assert content(gonogo.State.load(empty.save(tmp_path / "s"))) == content(empty)


def test_images_that_wait_for_a_size_come_back(tmp_path):
    options = {"mode": "certified", "resize": "nearest"}
    waiting = gonogo.State.load(filled(options, [MAPS[0]], [None]).save(tmp_path / "s"))
    more = filled(options, [MAPS[3]], [np.eye(5, dtype=bool)])
    wanted = filled(options, [MAPS[0], MAPS[3]], [None, np.eye(5, dtype=bool)])
    assert content(waiting + more) == content(wanted)


def test_equal_states_give_equal_files(tmp_path):
    one, other = state_of("auto").save(tmp_path / "1"), state_of("auto").save(tmp_path / "2")
    assert one.read_bytes() == other.read_bytes()


def test_numpy_opens_the_file_without_pickle(tmp_path):
    with np.load(state_of("exact").save(tmp_path / "s"), allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["map/1"], MAPS[1], strict=True)


def test_saving_replaces_a_file_whole_or_not_at_all(saved, monkeypatch):
    before = saved.read_bytes()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state_file.os, "fsync", full_disk)
    with pytest.raises(InputError, match=r"shard.gonogo: .*No space left on device.*another place"):
        gonogo.State().save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
    monkeypatch.undo()
    gonogo.State().save(saved)
    assert content(gonogo.State.load(saved)) == content(gonogo.State())


def test_a_folder_cannot_be_written_over(tmp_path):
    (tmp_path / "s").mkdir()
    with pytest.raises(InputError, match="cannot write there"):
        gonogo.State().save(tmp_path / "s")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def refused(path, told):
    with pytest.raises(InputError, match=told) as caught:
        gonogo.State.load(path)
    assert path.name in str(caught.value)


def test_every_damaged_byte_is_noticed(saved):
    whole = saved.read_bytes()
    for place in range(len(whole)):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 0x04]) + whole[place + 1 :])
        refused(saved, "damaged or cut short|no saved state")


def test_a_file_that_is_cut_short_is_noticed(saved):
    whole = saved.read_bytes()
    for size in range(50, len(whole), 7):
        saved.write_bytes(whole[:size])
        refused(saved, r"damaged or cut short .*copy it again .* or count its images again")
    saved.write_bytes(whole + b"\0")
    refused(saved, "damaged or cut short")


def rewritten(path, change):
    """The file with another header, and a digest that agrees."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with path.open("w+b") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, member in members.items():
                archive.writestr(name, member)
            archive.comment = b"0" * 64
        digest = state_file._digest(file)
        file.seek(-64, 2)
        file.write(digest.encode())


def test_a_newer_version_is_refused_by_name(saved):
    def newer(members):
        header = json.loads(members["gonogo-state.json"])
        members["gonogo-state.json"] = json.dumps(
            {**header, "version": state_file.STATE_VERSION + 1, "gonogo": "9.9"}
        ).encode()
        members["record.json"] = b"what the future brings"

    rewritten(saved, newer)
    refused(saved, r"gonogo 9\.9 wrote this state in form 3, .* update gonogo")


def test_a_state_that_gonogo_did_not_write_is_refused(saved):
    def other(members):
        members["record.json"] = b'{"holds": "a checkpoint"}'

    rewritten(saved, other)
    refused(saved, r"found 'a checkpoint'; expected a state that State.save wrote; name")
    rewritten(saved, lambda members: members.update({"record.json": b'{"prints": []}'}))
    refused(saved, "found a part of a checkpoint; expected a state that State.save wrote; name")
    rewritten(saved, lambda members: members.update({"record.json": b'{"holds": "State"}'}))
    refused(saved, "found a state that lacks what State.save writes")


def test_nothing_is_ever_unpickled(saved):
    def pickled(members):
        import io

        content = io.BytesIO()
        np.save(content, np.array([{}], object))
        members["map/0.npy"] = content.getvalue()

    rewritten(saved, pickled)
    refused(saved, "damaged or cut short .*allow_pickle")


def test_foreign_files_are_refused_by_name(tmp_path):
    np.save(tmp_path / "map.npy", np.zeros(3))
    np.savez(tmp_path / "maps.npz", a=np.zeros(3))
    (tmp_path / "empty").touch()
    (tmp_path / "text.json").write_text("{}")
    for name, found in {
        "map.npy": "begins with b'.x93NUMPY",
        "maps.npz": "begins with b'PK",
        "empty": "an empty file",
        "text.json": "begins with b'{}'",
    }.items():
        refused(
            tmp_path / name, rf"no saved state \(found .*{found}.*; expected a file that gonogo"
        )
    refused(tmp_path / "missing", "cannot read it .*No such file")
    refused(tmp_path, "cannot read it")
