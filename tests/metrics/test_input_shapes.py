"""The input door, shape by shape: arrays, tensors, lists, nested lists, pairs, and mistakes."""

import warnings

import numpy as np
import pytest

import gonogo
from gonogo import InputError
from tests.oracles.agreement import quietly

RNG = np.random.default_rng(5)
MAPS = RNG.random((4, 5, 6)).round(1)
MASKS = RNG.random((4, 5, 6)) < 0.3
MASKS[3] = False
EXPECTED = gonogo.evaluate(MAPS, MASKS).to_dict()


class FakeTensor:
    """Behaves like a torch tensor that is on a device and has a gradient; no torch needed."""

    def __init__(self, array, *, device="cuda:0", requires_grad=True):
        self.array = np.asarray(array)
        self.device, self.requires_grad = device, requires_grad

    @property
    def shape(self):
        return self.array.shape

    @property
    def ndim(self):
        return self.array.ndim

    @property
    def dtype(self):
        return f"torch.{self.array.dtype}"

    def __len__(self):
        return len(self.array)

    def __getitem__(self, key):
        return FakeTensor(self.array[key], device=self.device, requires_grad=self.requires_grad)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def detach(self):
        return FakeTensor(self.array, device=self.device, requires_grad=False)

    def cpu(self):
        return FakeTensor(self.array, device="cpu", requires_grad=self.requires_grad)

    def numpy(self):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.device != "cpu":
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        return self.array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numpy(), dtype=dtype, copy=copy)


def tensors(arrays):
    return [FakeTensor(array) for array in arrays]


def evaluated(*args, **options):
    return quietly(gonogo.evaluate, *args, **options).to_dict()


FORMS = {
    "(N, H, W)": (MAPS, MASKS),
    "(N, 1, H, W)": (MAPS[:, None], MASKS[:, None]),
    "(N, 1, H, W) and (N, H, W)": (MAPS[:, None], MASKS),
    "lists of (H, W)": (list(MAPS), list(MASKS)),
    "tuples of (H, W)": (tuple(MAPS), tuple(MASKS)),
    "lists of (1, H, W)": (list(MAPS[:, None]), list(MASKS[:, None])),
    "nested [H, W] lists": (MAPS.tolist(), MASKS.tolist()),
    "nested [1, H, W] lists": (MAPS[:, None].tolist(), MASKS[:, None].astype(int).tolist()),
    "maps as arrays, masks as lists": (list(MAPS), MASKS[:, None].astype(int).tolist()),
    "a normal image without mask": (list(MAPS), [*MASKS[:3], None]),
    "tensor": (FakeTensor(MAPS), FakeTensor(MASKS)),
    "(N, 1, H, W) tensor": (FakeTensor(MAPS[:, None]), FakeTensor(MASKS[:, None])),
    "list of tensors": (tensors(MAPS), tensors(MASKS)),
    "list of (1, H, W) tensors": (tensors(MAPS[:, None]), tensors(MASKS[:, None])),
    "tensors and arrays": (FakeTensor(MAPS), MASKS),
    "Fortran order": (np.asfortranarray(MAPS), np.asfortranarray(MASKS)),
    "a view with strides": (np.repeat(MAPS, 2, axis=2)[:, :, ::2], MASKS[:, ::-1][:, ::-1]),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_that_evaluate_takes(form):
    assert evaluated(*FORMS[form]) == EXPECTED


@pytest.mark.parametrize("form", FORMS)
def test_forms_that_functions_take(form):
    maps, masks = FORMS[form]
    assert gonogo.auroc(maps, masks) == gonogo.auroc(MAPS, MASKS)
    assert gonogo.f1_max(maps, masks) == gonogo.f1_max(MAPS, MASKS)
    assert gonogo.aupro(maps, masks) == gonogo.aupro(MAPS, MASKS)


def test_one_image():
    expected = evaluated(MAPS[:1], MASKS[:1])
    assert evaluated(MAPS[0], MASKS[0]) == expected
    assert evaluated(MAPS[0].tolist(), MASKS[0].tolist()) == expected
    assert evaluated([MAPS[0]], [MASKS[0]]) == expected


def test_an_iterable_of_pairs():
    assert evaluated(zip(MAPS, MASKS, strict=True)) == EXPECTED
    assert (
        evaluated((tensors([m])[0], mask) for m, mask in zip(MAPS, MASKS, strict=True)) == EXPECTED
    )
    assert evaluated(iter([*zip(MAPS[:3], MASKS[:3], strict=True), (MAPS[3], None)])) == EXPECTED


def test_generators_of_maps_and_of_masks():
    assert evaluated((map_ for map_ in MAPS), (mask for mask in MASKS)) == EXPECTED


def test_images_of_different_size():
    maps = [MAPS[0], MAPS[1][:2, :3], MAPS[2][:1, :1]]
    masks = [MASKS[0], MASKS[1][:2, :3], MASKS[2][:1, :1]]
    flat = np.concatenate([m.ravel() for m in maps]), np.concatenate([m.ravel() for m in masks])
    assert quietly(gonogo.evaluate, maps, masks).pixel.auroc == gonogo.auroc(*flat)
    assert gonogo.auroc(maps, masks) == gonogo.auroc(*flat)


@pytest.mark.parametrize("scores", [[0.5, 2.0, 1.0], (0.5, 2.0, 1.0), np.array([0.5, 2.0, 1.0])])
@pytest.mark.parametrize("labels", [[0, 1, 0], [False, True, False], np.array([0, 255, 0], "u1")])
def test_scores_and_labels_of_images(scores, labels):
    assert gonogo.auroc(scores, labels) == 1.0
    assert gonogo.auroc(FakeTensor(scores), FakeTensor(labels)) == 1.0
    assert gonogo.evaluate(None, image_scores=scores, labels=labels).image.auroc == 1.0


def test_scores_as_a_list_of_single_tensors():
    scores, labels = tensors([0.5, 2.0, 1.0]), tensors([0, 1, 0])
    assert gonogo.auroc(scores, labels) == 1.0


@pytest.mark.parametrize("policy", ["nearest", "bilinear", "bicubic"])
def test_the_map_is_brought_to_the_mask_when_a_policy_is_named(policy):
    small = np.array([[0.0, 0.0], [0.0, 1.0]], np.float32)
    mask = np.zeros((6, 6), bool)
    mask[4:, 4:] = True
    result = quietly(gonogo.evaluate, small, mask, resize=policy)
    assert (result.images[0].height, result.images[0].width) == (6, 6)
    assert result.images[0].anomalous_pixels == 4
    assert result.pixel.auroc > 0.9


def test_resizing_brings_a_normal_image_without_mask_to_the_size_of_the_others():
    maps = [np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [0.0, 0.0]])]
    mask = np.zeros((6, 6), bool)
    mask[4:, 4:] = True
    with_mask = gonogo.evaluate(maps, [mask, np.zeros((6, 6), bool)], resize="nearest")
    without = gonogo.evaluate(maps, [mask, None], resize="nearest")
    assert without.to_dict() == with_mask.to_dict()
    assert without.pixel.normal == 6 * 6 * 2 - 4


def test_nearest_resizing_invents_no_scores():
    small = np.array([[16777216, 16777217]], np.int32)
    mask = np.array([[0, 0, 1, 1]] * 2, bool)
    assert quietly(gonogo.evaluate, small, mask, resize="nearest").pixel.auroc == 1.0


def test_another_size_is_refused_where_no_policy_is_named():
    with pytest.raises(InputError, match=r"resize") as caught:
        gonogo.evaluate([MAPS[0][:4]], [MASKS[0]], names=["cut 3"])
    for shown in ("cut 3", "4 x 6", "5 x 6"):
        assert shown in str(caught.value)
    for metric in (gonogo.auroc, gonogo.aupro, gonogo.pro_curve):
        with pytest.raises(InputError, match=r"found|make them the same size"):
            metric([MAPS[0][:4]], [MASKS[0]])


def test_the_same_number_of_pixels_is_not_the_same_shape():
    for metric in (gonogo.evaluate, gonogo.auroc, gonogo.aupro):
        with pytest.raises(InputError, match=r"found|make them the same size"):
            metric(MAPS[0].T, MASKS[0])
    with pytest.raises(InputError, match=r"found"):
        gonogo.auroc(MAPS.reshape(4, 30), MASKS)


WRONG_LENGTHS = {
    "masks": {"masks": MASKS[:3]},
    "labels": {"masks": MASKS, "labels": [1, 1, 1]},
    "image_scores": {"masks": MASKS, "image_scores": [1.0] * 5},
    "defects": {"masks": MASKS, "defects": ["a"]},
    "names": {"masks": MASKS, "names": ["a"] * 7},
}


@pytest.mark.parametrize("name", WRONG_LENGTHS)
def test_wrong_lengths_are_refused(name):
    with pytest.raises(InputError, match=f"{name}: found"):
        gonogo.evaluate(MAPS, **WRONG_LENGTHS[name])


def test_functions_refuse_wrong_lengths():
    with pytest.raises(InputError, match=r"found"):
        gonogo.auroc([1.0, 2.0, 3.0], [0, 1])
    with pytest.raises(InputError, match=r"found"):
        gonogo.auroc(list(MAPS), list(MASKS[:2]))
    with pytest.raises(InputError, match=r"found"):
        gonogo.aupro(list(MAPS), list(MASKS[:2]))


@pytest.mark.parametrize(
    "maps",
    [
        np.float64(0.5),
        MAPS[0, 0],
        np.stack([MAPS, MAPS, MAPS], axis=1),
        MAPS[None, None],
        [MAPS],
        [np.stack([MAPS[0]] * 3)],
        [[[0.1, 0.2], [0.3]]],
        "maps",
    ],
    ids=[
        "number",
        "(W,)",
        "(N, 3, H, W)",
        "(1, 1, N, H, W)",
        "[(N, H, W)]",
        "RGB",
        "ragged",
        "text",
    ],
)
def test_other_shapes_are_refused(maps):
    with pytest.raises(
        InputError, match=r"maps.*found|found 1 for \d maps.* if these are channels"
    ):
        gonogo.evaluate(maps, MASKS[0])


@pytest.mark.parametrize(
    ("maps", "masks"),
    [
        ([], []),
        ((), None),
        (iter([]), None),
        (np.empty((0, 5, 6)), np.empty((0, 5, 6), bool)),
        (np.empty((0, 6)), np.empty((0, 6), bool)),
        ([np.empty((5, 0))], [np.empty((5, 0), bool)]),
    ],
    ids=["list", "tuple", "iterator", "(0, H, W)", "(0, W)", "[(H, 0)]"],
)
def test_no_pixels_are_refused(maps, masks):
    with pytest.raises(InputError, match=r"found (no|shape)"):
        gonogo.evaluate(maps, masks)


def test_no_input_at_all_is_refused():
    with pytest.raises(InputError, match=r"maps"):
        gonogo.evaluate(None)
    with pytest.raises(InputError, match=r"labels|masks|maps"):
        gonogo.evaluate(None, image_scores=[1.0, 2.0])
    with pytest.raises(InputError, match=r"image_scores"):
        gonogo.evaluate(None, image_scores=[], labels=[])


def test_an_iterable_of_maps_alone_is_not_pairs():
    with pytest.raises(InputError, match=r"pairs"):
        gonogo.evaluate(iter(MAPS))


def test_torch_is_not_needed_and_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gonogo.evaluate(FakeTensor(MAPS), FakeTensor(MASKS))


def test_pairs_may_be_batches_of_a_loader():
    rng = np.random.default_rng(4)
    maps, masks = rng.normal(size=(5, 1, 6, 7)), rng.random((5, 1, 6, 7)) < 0.2
    batches = [(maps[:2], masks[:2]), (maps[2:4, 0], masks[2:4, 0]), (maps[4], masks[4, 0])]
    whole = quietly(gonogo.evaluate, maps, masks)
    assert quietly(gonogo.evaluate, iter(batches)).to_dict() == whole.to_dict()
    with pytest.raises(gonogo.InputError, match=r"masks\[0\]: found 1 for 2 maps"):
        gonogo.evaluate(iter([(maps[:2], masks[:1])]))
