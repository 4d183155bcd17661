"""Whatever is passed by mistake is refused in a sentence, never with a raw exception."""

import math

import numpy as np
import pytest

import gonogo
from gonogo import InputError
from tests.oracles.agreement import quietly

MAPS = np.array([[[0.1, 0.9], [0.2, 0.3]], [[0.0, 0.5], [0.4, 0.2]]])
MASKS = np.array([[[0, 1], [0, 0]], [[0, 0], [0, 0]]], bool)


class Tensor:
    """A tensor that has no array, as sparse ones and those of the device ``meta``."""

    def __init__(self, error):
        self.error = error

    def detach(self):
        raise self.error


MISTAKES = {
    "masked maps": lambda: gonogo.evaluate(np.ma.masked_greater(MAPS, 0.8), MASKS),
    "a masked map": lambda: gonogo.aupro([np.ma.masked_greater(MAPS[0], 0.8)], [MASKS[0]]),
    "masked scores in a list": lambda: gonogo.auroc([[np.ma.array([0.5, 1.0])]], [[[0, 1]]]),
    "None for a label": lambda: gonogo.auroc([0.1, 0.2, 0.3], [None, 1, 0]),
    "None for labels": lambda: gonogo.auroc(list(MAPS), None),
    "None for everything": lambda: gonogo.auroc(None, None),
    "None for a later label": lambda: gonogo.auroc([0.1, 0.2, 0.3], [1, None, 0]),
    "a number beside a list": lambda: gonogo.auroc(0.5, [[0, 1]]),
    "a list beside a number": lambda: gonogo.auroc([[0, 1]], 1),
    "numbers beside lists": lambda: gonogo.auroc([0.5, 0.1], [[0, 1], [0, 1]]),
    "a huge threshold": lambda: gonogo.confusion([1.0, 0.0], [1, 0], 10**400),
    "a huge score": lambda: gonogo.auroc([1.0, 10**400], [1, 0]),
    "an array of connectivities": lambda: gonogo.evaluate(
        MAPS, MASKS, connectivity=np.array([4, 8])
    ),
    "an array for a spelling": lambda: gonogo.evaluate(MAPS, MASKS, image_score=MAPS),
    "an array for a policy": lambda: gonogo.evaluate(MAPS, MASKS, resize=MAPS),
    "too many to average": lambda: gonogo.evaluate(MAPS, MASKS, image_score="top-" + "9" * 5000),
    "a number for names": lambda: gonogo.evaluate(MAPS, MASKS, names=5),
    "a text for names": lambda: gonogo.evaluate(MAPS, MASKS, names="ab"),
    "a text for defects": lambda: gonogo.evaluate(MAPS, MASKS, defects="ab"),
    "no folder": lambda: gonogo.evaluate_folder(None, "."),
    "no ground truth": lambda: gonogo.evaluate_folder(".", 5),
    "a meta tensor": lambda: gonogo.auroc(Tensor(NotImplementedError("no data")), [0, 1]),
    "a sparse tensor": lambda: gonogo.auroc(Tensor(TypeError("sparse")), [0, 1]),
    "sparse tensors": lambda: gonogo.evaluate([Tensor(RuntimeError("sparse"))] * 2, MASKS),
    "a sparse tensor beside a list": lambda: gonogo.auroc(Tensor(TypeError("")), [[0, 1]]),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistakes(mistake):
    with pytest.raises(InputError, match=r"^[a-z_ \[\]0-9]+: (found|there is)") as caught:
        mistake()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("function", [gonogo.aupro, gonogo.aupros, gonogo.pro_curve])
def test_a_message_names_no_argument_that_the_function_lacks(function):
    with pytest.raises(InputError, match="maps: found None") as caught:
        function(None, None)
    assert "image_scores" not in str(caught.value)


@pytest.mark.parametrize("limits", [0.3, np.float32(0.25), np.array(0.3), [0.3], (0.3, 0.3)])
def test_one_limit_or_several(limits):
    found = gonogo.aupros(MAPS, MASKS, fpr_limits=limits)
    assert list(found) == list(dict.fromkeys(np.ravel(limits).tolist()))
    assert found == gonogo.evaluate(MAPS, MASKS, fpr_limits=limits).pixel.aupro


def test_generators_are_lists_everywhere():
    for metric in (gonogo.auroc, gonogo.aupro):
        value = metric(MAPS, MASKS)
        assert metric((m for m in MAPS), list(MASKS)) == value
        assert metric(list(MAPS), (mask for mask in MASKS)) == value
    assert gonogo.auroc(iter([0.1, 0.2]), iter([0, 1])) == 1.0


def test_a_last_axis_of_one_channel_is_taken_everywhere():
    expected = quietly(gonogo.evaluate, MAPS, MASKS)
    assert quietly(gonogo.evaluate, MAPS[..., None], MASKS[..., None]) == expected
    assert quietly(gonogo.evaluate, list(MAPS[..., None]), list(MASKS[..., None])) == expected
    assert gonogo.aupro(list(MAPS[..., None]), list(MASKS)) == gonogo.aupro(MAPS, MASKS)


@pytest.mark.parametrize("missing", [None, math.nan, np.float32(math.nan), np.datetime64("NaT")])
def test_gaps_among_the_defects(missing):
    result = quietly(gonogo.evaluate, MAPS, MASKS, defects=["nan", missing], names=["a", missing])
    assert [row.defect for row in result.images] == ["nan", None]
    assert [row.name for row in result.images] == ["a", "image 1"]


def test_tensors_of_torch_at_any_depth():
    torch = pytest.importorskip("torch")
    maps = torch.tensor(MAPS, requires_grad=True)
    expected = gonogo.auroc(MAPS, MASKS)
    assert gonogo.auroc([[maps[0]], [maps[1]]], [[mask] for mask in MASKS]) == expected
    assert gonogo.auroc(maps.to(torch.bfloat16).to(torch.float64), MASKS) == expected
    for empty in (maps.to("meta"), maps.detach().to_sparse()):
        for function in (gonogo.auroc, gonogo.evaluate):
            with pytest.raises(InputError, match="found Tensor"):
                function(empty, MASKS)


def test_folders_and_swapped_arguments(tmp_path):
    for given in (("maps", "masks"), (tmp_path, tmp_path), ("maps",)):
        with pytest.raises(InputError, match=r"maps: found the path .*gonogo\.evaluate_folder\("):
            gonogo.evaluate(*given)
    maps = np.random.default_rng(0).random((2, 4, 4))
    with pytest.raises(InputError, match="Are maps and masks swapped"):
        gonogo.evaluate(maps > 0.5, maps)
