"""The anomaly map of one image, with what is anomalous and what the threshold flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gonogo.drawing import Overlay, resampled
from gonogo.errors import InputWarning, warn
from gonogo.orientation import explain_mismatches, quiet_reading
from gonogo.palette import PREDICTED, TRUTH
from gonogo.plot.images import images_of
from gonogo.plot.marks import SETTLED, Where, mark_of, pixel_mark_of
from gonogo.plot.outlines import bare, caption, colour_bar, heat_scale, outline, outline_legend
from gonogo.plot.style import Theme, canvas, colour_map, explain, short
from gonogo.plot.telling import place_of
from gonogo.types import Array

__all__ = ["heatmap"]


def heatmap(
    result: Any,
    ax: Any = None,
    *,
    maps: Any = None,
    masks: Any = None,
    image: str | int | None = None,
    photographs: Sequence[Any] | None = None,
    category: str | None = None,
    threshold: Where = SETTLED,
    pixel_threshold: Where = SETTLED,
    theme: Theme = "light",
) -> Any:
    """Draw the anomaly map of one image with the outlines of its mask and of what is flagged.

    Colours run over the range of all maps of the category (without the most extreme 2 % of images
    at either end), as the bar beside them says; so pictures of different images can be compared.

    Args:
        result: a :class:`~gonogo.Run` of folders or the folder that it was saved to; or a
            :class:`~gonogo.Result` with its ``maps`` and ``masks`` given again.
        ax: matplotlib axes to draw on, or an empty figure; by default those of a new figure.
        maps: as in :func:`gonogo.evaluate`.
        masks: as in :func:`gonogo.evaluate`.
        image: the name of the image, or any end of it that no other has, with or without suffix
            (``"dent/000"``); or its place. By default the one that says most about the detector:
            one on the wrong side of ``threshold``, if there is any.
        photographs: to show under the heat: a file or an array for each image, or None. Those of a
            run of folders are found. A file is turned upright as its EXIF says; one of another
            shape than the map is left out, with a warning.
        category: which one, of a run with several.
        threshold: on images, for the decision in the title; as of :func:`gonogo.plot.roc`.
        pixel_threshold: on pixels, for the outline.
        theme: ``"light"`` or ``"dark"``.

    Returns:
        The axes; ``axes.images[-1]`` holds the scores of the map.

    Raises:
        InputError: there are no maps, or no such image.
        MissingExtra: matplotlib is not installed (the extra ``plot``).
    """
    one, shown = images_of(result, maps, masks, photographs, category)
    mark, flagging = mark_of(one, threshold), pixel_mark_of(one, pixel_threshold)
    row, original = shown[place_of(shown, image, mark)]
    scale, at = heat_scale(one), None if flagging is None else flagging.threshold
    overlay = Overlay(
        original.image,
        None,
        "",
        scale,
        at,
        one.settings,
        masked=one.pixel is not None,
        resized=one.settings.resize is not None,
    )
    layers = overlay.layers()
    scores, below = layers.scores, _photograph_below(overlay, original.photograph)
    with canvas(ax, theme) as (axes, palette):
        hides: Any = 1.0
        if below is not None:
            axes.imshow(resampled(below, scores.shape))
            hides = layers.hides
        axes.imshow(
            scores,
            cmap=colour_map(),
            vmin=scale.low,
            vmax=scale.high,
            alpha=hides,
            interpolation="nearest",
        )
        outline(axes, layers.truth, TRUTH)
        outline(axes, layers.flags, PREDICTED)
        axes.set_xlim(-0.5, scores.shape[1] - 0.5)
        axes.set_ylim(scores.shape[0] - 0.5, -0.5)
        bare(axes, palette)
        colour_bar(axes, palette, one, scale)
        explain(axes, [[entry] for entry in outline_legend(flagging, masked=one.pixel is not None)])
        axes.set_title(f"{short(row.name, 60)}\n{caption(row, mark)}")
    return axes


def _photograph_below(overlay: Overlay, photograph: Any) -> Array | None:
    """The photograph; None where there is none, or, told as a warning, one of another shape."""
    if photograph is None:
        return None
    with quiet_reading():
        layers = replace(overlay, photograph=photograph).layers()
    if layers.mismatch is None:
        return layers.seen
    warn(explain_mismatches([layers.mismatch], "heatmap"), InputWarning)
    return None
