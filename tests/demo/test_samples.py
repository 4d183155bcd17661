from collections import Counter

import numpy as np
import pytest

from gonogo.demo import CATEGORIES, DEFECTS, Loader, evaluation_set, training_set
from gonogo.errors import InputError


def test_training_pictures_are_normal():
    for category in CATEGORIES:
        samples = training_set(category)
        assert {sample.defect for sample in samples} == {"good"}
        assert not any(sample.mask.any() for sample in samples)


def test_an_evaluation_set_has_every_defect_and_normal_pictures():
    samples = evaluation_set("grass", per_defect=2)
    assert Counter(sample.defect for sample in samples) == {"good": 28, **dict.fromkeys(DEFECTS, 2)}
    assert all(sample.mask.any() == (sample.defect != "good") for sample in samples)
    assert len({sample.path for sample in samples}) == len(samples)
    assert samples[-1].path == "grass/test/thread/001"


def test_the_seed_decides():
    def pictures(seed):
        return np.stack([one.image for one in evaluation_set("gravel", seed=seed, per_defect=1)])

    first = pictures(4)
    np.testing.assert_array_equal(first, pictures(4))
    assert (first != pictures(5)).any()


def test_a_loader_yields_the_batches_of_patchcore():
    samples = evaluation_set("brick", per_defect=1)[-5:]
    loader = Loader(samples, batch_size=2)
    batches = list(loader)
    assert len(batches) == len(loader) == 3
    assert [len(batch["image"]) for batch in batches] == [2, 2, 1]
    batch = batches[0]
    assert batch["image"].shape == batch["mask"].shape == (2, 1, 128, 128)
    assert batch["image"].dtype == np.float32
    assert 0 <= batch["image"].min() < batch["image"].max() <= 1
    assert batch["is_anomaly"].tolist() == [1, 1]
    assert batch["anomaly"] == ["misplaced", "scratch"]
    assert batch["classname"] == ["brick", "brick"]
    assert batch["image_path"] == ["brick/test/misplaced/000.png", "brick/test/scratch/000.png"]


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"per_defect": 0}])
def test_unusable_settings_are_refused(wrong):
    with pytest.raises(InputError, match="evaluation_set: found seed="):
        evaluation_set("brick", **wrong)
