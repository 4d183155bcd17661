"""Neither the order of images and pixels, nor how they are handed over, changes a bit."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from tests.oracles.agreement import defined_or_warned, same_bits
from tests.oracles.strategies import Images, labelled_scores, scored_images, untied_images


def everything(maps, masks, **options):
    """Numbers, curves and rows of a result, as plain values."""
    result, _ = defined_or_warned(gonogo.evaluate, maps, masks, **options)
    curves = {**result.image.curves(), **result.pixel.curves()}
    points = {name: (curve.x, curve.y, curve.thresholds) for name, curve in curves.items()}
    rows = [tuple(vars(row).values()) for row in result.images]
    return {"numbers": result.to_dict(), "points": points, "rows": rows}


@given(images=scored_images(max_images=6), data=st.data())
def test_any_order_of_images(images, data):
    order = data.draw(st.permutations(range(len(images.maps))))
    names = [f"image {i}" for i in range(len(order))]
    expected = everything(images.maps, images.masks, names=names)
    found = everything(
        [images.maps[i] for i in order],
        [images.masks[i] for i in order],
        names=[names[i] for i in order],
    )
    found["rows"].sort(key=lambda row: names.index(row[0]))
    same_bits(found, expected)


@given(images=scored_images(one_size=True, max_images=6))
def test_any_way_of_handing_over(images):
    full = [
        np.zeros(map_.shape, bool) if mask is None else mask != 0
        for map_, mask in zip(images.maps, images.masks, strict=True)
    ]
    stacked, masks = np.stack(images.maps), np.stack(full)
    maps = list(stacked)  # a stack has one type, which may be wider than each of a mixture
    expected = everything(maps, full)
    same_bits(everything(stacked, masks), expected)
    same_bits(everything(stacked[:, None], masks[:, None]), expected)
    same_bits(everything(zip(maps, full, strict=True), None), expected)
    same_bits(everything(maps, images.masks), expected)


@given(data=labelled_scores(), draws=st.data())
def test_any_order_of_elements(data, draws):
    order = draws.draw(st.permutations(range(len(data.scores))))
    for metric in (
        gonogo.auroc,
        gonogo.average_precision,
        gonogo.f1_max,
        gonogo.iou_max,
        lambda scores, labels: gonogo.aupr(scores, labels, method="trapezoid"),
        lambda scores, labels: gonogo.tpr_at_fpr(scores, labels, 0.1),
    ):
        expected, _ = defined_or_warned(metric, data.scores, data.labels)
        found, _ = defined_or_warned(metric, data.scores[order], data.labels[order])
        assert found == expected or "nan" in repr(found)
        assert repr(found) == repr(expected)


@given(data=labelled_scores(), cut=st.integers(0, 30))
def test_any_split_into_batches(data, cut):
    whole, _ = defined_or_warned(gonogo.auroc, data.scores, data.labels)
    parts = [data.scores[:cut], data.scores[cut:]], [data.labels[:cut], data.labels[cut:]]
    found, _ = defined_or_warned(gonogo.auroc, *parts)
    assert repr(found) == repr(whole)


@given(images=scored_images(), top=st.integers(1, 4))
def test_an_image_cut_where_no_region_is_cut(images, top):
    """Pixel metrics do not know which image a pixel comes from; regions do, where they touch."""
    maps, masks = [], []
    for map_, mask in zip(images.maps, images.masks, strict=True):
        cut_here = mask is None or not (mask[top - 1 : top] != 0).any()
        rows = [slice(0, top), slice(top, None)] if cut_here and top < len(map_) else [slice(None)]
        maps += [map_[part] for part in rows]
        masks += [None if mask is None else mask[part] for part in rows]
    whole, _ = defined_or_warned(gonogo.evaluate, images.maps, images.masks)
    found, _ = defined_or_warned(gonogo.evaluate, maps, masks)
    same_bits(found.to_dict()["pixel"], whole.to_dict()["pixel"])


@given(images=scored_images())
def test_mirrored_and_turned_images(images):
    turned = Images(
        [np.rot90(map_) for map_ in images.maps],
        [None if mask is None else np.rot90(mask) for mask in images.masks],
    )
    mirrored = Images(
        [map_[:, ::-1] for map_ in images.maps],
        [None if mask is None else mask[:, ::-1] for mask in images.masks],
    )
    expected, _ = defined_or_warned(gonogo.evaluate, images.maps, images.masks)
    for other in (turned, mirrored):
        found, _ = defined_or_warned(gonogo.evaluate, other.maps, other.masks)
        same_bits(found.to_dict()["pixel"], expected.to_dict()["pixel"])


@given(images=untied_images())
def test_a_second_run_gives_the_same_bits(images):
    same_bits(everything(images.maps, images.masks), everything(images.maps, images.masks))


@pytest.mark.parametrize("threads", [1, 2, 8])
@given(images=scored_images(max_images=6), block=st.integers(1, 20))
def test_any_number_of_threads_and_any_blocks(threads, images, block):
    expected = everything(images.maps, images.masks)
    sizes = {"_SMALLEST_BLOCK": block, "_LARGEST_BLOCK": block}
    with (
        mock.patch.multiple("gonogo.states.ranks", **sizes),
        mock.patch("gonogo.counting.reader.available_cores", return_value=threads),
    ):
        same_bits(everything(images.maps, images.masks), expected)
