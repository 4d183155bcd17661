import sys

import numpy as np
import pytest

import gonogo
from gonogo.demo import Loader, PatchCore, evaluation_set, training_set
from gonogo.errors import InputError, MissingExtra


@pytest.fixture(scope="module")
def normal():
    return Loader(training_set("brick")[:4])


@pytest.fixture(scope="module")
def tested():
    samples = evaluation_set("brick", per_defect=1)
    return Loader([*samples[:3], *samples[-6:]], batch_size=4)


@pytest.fixture(scope="module")
def fitted(normal):
    detector = PatchCore(bank=150)
    detector.fit(normal)
    return detector


class OnDevice:
    """What a tensor is to NumPy: something with ``__array__``."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


def test_predict_returns_the_four_lists_of_patchcore(fitted, tested):
    scores, maps, labels, masks = fitted.predict(tested)
    assert len(scores) == len(maps) == len(labels) == len(masks) == 9
    assert [type(label) for label in labels] == [int] * 9
    assert labels == [0] * 3 + [1] * 6
    for score, scored, mask, sample in zip(scores, maps, masks, tested.samples, strict=True):
        assert scored.dtype == np.float32
        assert scored.shape == sample.image.shape
        assert score == scored.max()
        assert isinstance(mask, list)
        np.testing.assert_array_equal(mask, sample.mask[None])


def test_the_four_lists_can_be_evaluated_as_they_are(fitted, tested):
    scores, maps, labels, masks = fitted.predict(tested)
    result = gonogo.evaluate(maps, masks, labels=labels, image_scores=scores)
    assert result.image.auroc > 0.9
    assert result.pixel.aupro[0.3] > 0.6


def test_batches_do_not_matter(fitted, tested):
    alone = fitted.predict(Loader(tested.samples, batch_size=1))
    together = fitted.predict(Loader(tested.samples, batch_size=9))
    np.testing.assert_array_equal(alone[1], together[1])
    assert alone[0] == together[0]


def test_fitting_again_gives_the_same_detector(normal, tested, fitted):
    again = PatchCore(bank=150)
    again.fit(normal)
    np.testing.assert_array_equal(again.predict(tested)[1], fitted.predict(tested)[1])


def test_saved_and_loaded_it_is_the_same(fitted, tested, tmp_path):
    fitted.save_to_path(tmp_path / "new", prepend="first_")
    loaded = PatchCore("cuda:0", bank=7, neighbours=1, smoothing=0.0)
    loaded.load_from_path(str(tmp_path / "new"), "cuda:0", object(), prepend="first_")
    np.testing.assert_array_equal(loaded.predict(tested)[1], fitted.predict(tested)[1])
    loaded.save_to_path(tmp_path)
    first, second = tmp_path / "new" / "first_patchcore.npz", tmp_path / "patchcore.npz"
    assert first.read_bytes() == second.read_bytes()


def test_images_from_the_bank_score_zero_and_strangers_do_not(normal):
    detector = PatchCore(bank=10**6, neighbours=1)
    detector.fit(Loader(normal.samples[:1]))
    _, (known, stranger), _, _ = detector.predict(Loader(normal.samples[:2]))
    np.testing.assert_array_equal(known, 0)
    assert stranger.max() > 1


def test_tensors_arrays_and_integers_read_alike(fitted, tested):
    batch = next(iter(tested))
    expected = fitted.predict([batch])
    grey = np.rint(batch["image"] * 255).astype(np.uint8)
    rgb = np.repeat(batch["image"], 3, axis=1)
    for images in (grey, grey[:, 0], rgb, OnDevice(batch["image"]), batch["image"].tolist()):
        found = fitted.predict([{**batch, "image": images, "mask": OnDevice(batch["mask"])}])
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-3, atol=1e-3)
        assert found[2:] == expected[2:]


def test_a_torch_loader_works_without_telling(fitted, tested):
    torch = pytest.importorskip("torch")
    keys = ("image", "mask", "is_anomaly")
    batches = list(tested)
    items = [
        {key: torch.as_tensor(batch[key][i]) for key in keys}
        for batch in batches
        for i in range(len(batch["is_anomaly"]))
    ]
    found = fitted.predict(torch.utils.data.DataLoader(items, batch_size=2))
    np.testing.assert_array_equal(found[1], fitted.predict(batches)[1])
    assert found[2:] == fitted.predict(batches)[2:]


def test_without_ground_truth_the_last_two_lists_are_empty(fitted, tested):
    scores, maps, labels, masks = fitted.predict(batch["image"] for batch in tested)
    assert len(scores) == len(maps) == 9
    assert labels == masks == []


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([{"picture": 0}], r"batch: found the keys \['picture'\]; expected 'image'"),
        ([np.zeros((8, 8), np.float32)], r"image: found float32 of shape \(8, 8\); expected"),
        ([np.zeros((1, 32, 32), bool)], "image: found bool of shape"),
        ([np.full((1, 32, 32), np.nan)], "image: found NaN or infinity"),
        ([np.zeros((1, 9, 32))], "image: found a side of 9 pixels"),
        (
            [{"image": np.zeros((2, 32, 32)), "is_anomaly": [1]}],
            "batch: found 1 of is_anomaly for 2 images",
        ),
        (
            [{"image": np.zeros((1, 32, 32)), "mask": np.zeros((1, 3, 32, 32))}],
            r"mask: found the shape \(1, 3, 32, 32\); expected \(N, 1, H, W\)",
        ),
        (
            [{"image": np.zeros((1, 32, 32)), "is_anomaly": [1]}, np.zeros((1, 32, 32))],
            "predict: found is_anomaly in some batches only",
        ),
    ],
)
def test_unusable_batches_are_refused(fitted, batches, message):
    with pytest.raises(InputError, match=message):
        fitted.predict(batches)


def test_fitting_needs_normal_images(tested):
    with pytest.raises(InputError, match="fit: found an anomalous image"):
        PatchCore().fit(tested)
    with pytest.raises(InputError, match="fit: the loader yielded nothing"):
        PatchCore().fit([])


def test_predicting_needs_a_fit(tested):
    with pytest.raises(InputError, match="not fitted; call fit or load_from_path first"):
        PatchCore().predict(tested)


@pytest.mark.parametrize("wrong", [{"bank": 0}, {"neighbours": 0}, {"smoothing": -1.0}])
def test_unusable_settings_are_refused(wrong):
    with pytest.raises(InputError, match="expected bank and neighbours of 1 or more"):
        PatchCore(**wrong)


def test_a_missing_library_is_named_with_its_extra(fitted, tested, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.neighbors", None)
    with pytest.raises(MissingExtra, match=r'needs scikit-learn.*pip install "gonogo\[demo\]"'):
        fitted.predict(tested)
