"""Tensors are counted as arrays are: the same integers, whatever the dtype."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo import InputError, grid
from gonogo.regions import pixel_areas
from gonogo.states import AnomalousScores, GridCounter, capacity
from gonogo.states.fixed_grid import FixedGrid
from gonogo.torch import count_maps, keys_of
from tests.oracles.strategies import DTYPES, FLOATS, scored_images

torch = pytest.importorskip("torch", reason="torch is not installed")

NARROW = (torch.float16, torch.bfloat16)
WIDE = {torch.float32: torch.int32, torch.float64: torch.int64}


def as_array(scores):
    return (scores.float() if scores.dtype == torch.bfloat16 else scores).numpy()


def every_score(dtype):
    """All finite scores of two bytes; of more, some everywhere and those beside the edges."""
    if dtype in NARROW:
        scores = torch.arange(-(2**15), 2**15).to(torch.int16).view(dtype)
    else:
        bits = WIDE[dtype]
        info, mantissa = torch.iinfo(bits), 23 if bits == torch.int32 else 52
        near = torch.arange(-300, 300)
        edges = [0, info.min, 1 << mantissa, info.min + (1 << mantissa)]
        beside = torch.cat([(near + edge).clamp(info.min, info.max) for edge in edges])
        generator = torch.Generator().manual_seed(4)
        anywhere = torch.randint(info.min, info.max, (50_000,), generator=generator)
        tiny = torch.randint(0, 1 << mantissa, (20_000,), generator=generator)
        scores = torch.cat([beside, anywhere, tiny, tiny + info.min]).to(bits).view(dtype)
    return scores[torch.isfinite(scores)]


def counted(maps, masks, bits):
    """The same by the kernels for arrays."""
    counter = GridCounter(capacity(1 << 26))
    for scores, mask in zip(maps, masks, strict=True):
        counter.add(scores, AnomalousScores(scores[mask], *pixel_areas(mask, 8)))
    return FixedGrid.of(counter.counts(), bits).counts


@pytest.mark.parametrize("dtype", [*NARROW, *WIDE], ids=str)
@pytest.mark.parametrize("flush", [False, True])
def test_keys_are_those_of_arrays(dtype, flush):
    scores = every_score(dtype)
    wanted = grid.keys_of(as_array(scores))
    try:
        torch.set_flush_denormal(flush)
        found = keys_of(scores)
    finally:
        torch.set_flush_denormal(False)
    assert found.dtype == torch.int64
    assert np.array_equal(found.numpy(), wanted)


@pytest.mark.parametrize("dtype", [*NARROW, *WIDE], ids=str)
@pytest.mark.parametrize("flush", [False, True])
def test_counts_are_those_of_arrays(dtype, flush):
    scores = every_score(dtype)
    side = int(len(scores) ** 0.5)
    maps = scores[: side * side].reshape(1, side, side)
    masks = torch.rand(maps.shape, generator=torch.Generator().manual_seed(5)) < 0.2
    wanted = counted(as_array(maps), masks.numpy(), 20)
    try:
        torch.set_flush_denormal(flush)
        found = count_maps(maps, masks)
    finally:
        torch.set_flush_denormal(False)
    assert np.array_equal(found.grid.numpy(), wanted)
    assert found.highest.tolist() == [float(as_array(maps).max())]


@given(
    images=scored_images(dtypes=(*FLOATS, np.uint8, np.int16, np.int64), one_size=True),
    bits=st.sampled_from((8, 13)),
)
def test_batches_of_awkward_maps(images, bits):
    dtype = np.result_type(*images.maps)
    maps = np.stack(images.maps).astype(dtype)
    masks = np.stack([np.zeros(maps[0].shape) if m is None else m for m in images.masks]) != 0
    found = count_maps(torch.from_numpy(maps), torch.from_numpy(masks), bits=bits)
    assert np.array_equal(found.grid.numpy(), counted(maps, masks, bits))
    assert np.array_equal(found.fixed().counts, found.grid.numpy())
    assert found.highest.tolist() == [float(one.max()) for one in maps]
    assert found.anomalous.tolist() == [int(mask.sum()) for mask in masks]
    alone = [
        count_maps(torch.from_numpy(one), torch.from_numpy(mask[None, None]), bits=bits).grid
        for one, mask in zip(maps, masks, strict=True)
    ]
    assert torch.equal(sum(alone), found.grid)


@pytest.mark.parametrize("dtype", [*FLOATS, np.uint8, np.int8, np.int16, np.int32, np.int64])
def test_dtypes_and_forms(dtype):
    assert dtype in DTYPES
    maps = np.random.default_rng(2).integers(0, 100, (3, 6, 7)).astype(dtype)
    masks = np.arange(3 * 6 * 7).reshape(maps.shape) % 5 == 0
    wanted = counted(maps, masks, 20)
    for values in (masks, masks.astype(np.int64), masks.astype(np.uint8) * 255):
        found = count_maps(torch.from_numpy(maps)[:, None], torch.from_numpy(values))
        assert np.array_equal(found.grid.numpy(), wanted)


def test_tensors_with_strides_and_gradients():
    base = torch.rand(2, 7, 10, requires_grad=True)
    maps, masks = base.transpose(1, 2)[:, ::2], torch.rand(2, 5, 7) < 0.4
    wanted = counted(maps.detach().numpy(), masks.numpy(), 20)
    assert np.array_equal(count_maps(maps, masks).grid.numpy(), wanted)


def test_connectivity():
    masks = torch.eye(2, dtype=torch.bool)
    assert count_maps(torch.rand(2, 2), masks).fixed().regions == 1
    assert count_maps(torch.rand(2, 2), masks, connectivity=4).fixed().regions == 2


def test_without_masks_all_is_normal():
    found = count_maps(torch.rand(3, 4, 5))
    assert found.grid.sum(1).tolist() == [60, 0, 0, 0]


@pytest.mark.parametrize(
    ("maps", "masks", "told"),
    [
        (np.zeros((2, 2)), None, "maps: found ndarray; expected a tensor"),
        (torch.zeros(2, 3, 4, 5), None, r"maps: found shape \(2, 3, 4, 5\)"),
        (torch.zeros(0, 4, 5), None, r"maps: found shape \(0, 4, 5\)"),
        (torch.full((1, 2, 2), torch.nan), None, r"maps: found 4 value\(s\) that are NaN"),
        (torch.zeros(1, 2, 2, dtype=torch.complex64), None, "expected real numbers"),
        (torch.full((2, 2), 2**60), None, "maps: found"),
        (torch.zeros(2, 2), torch.full((2, 2), 0.5), "masks: found .*binarise first"),
        (torch.zeros(2, 2), torch.zeros(3, 3, dtype=torch.bool), r"masks: found shape \(3, 3\)"),
    ],
)
def test_what_is_refused(maps, masks, told):
    with pytest.raises(InputError, match=told):
        count_maps(maps, masks)


def test_without_torch_it_says_what_to_install():
    code = """
        import sys
        sys.modules["torch"] = None
        import gonogo
        try:
            import gonogo.torch
        except gonogo.MissingExtra as error:
            print(error)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert 'pip install "gonogo[torch]"' in run.stdout
