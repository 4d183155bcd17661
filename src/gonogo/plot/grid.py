"""Many images at once: where the detector fails, and where it is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gonogo.drawing import Layers, Overlay, PictureMode
from gonogo.errors import InputError, InputWarning, warn
from gonogo.orientation import explain_mismatches, quiet_reading
from gonogo.palette import PREDICTED, TRUTH
from gonogo.plot.images import images_of
from gonogo.plot.marks import SETTLED, Where, mark_of, pixel_mark_of
from gonogo.plot.outlines import (
    bare,
    caption,
    colour_bar,
    heat_scale,
    outcome_of,
    outline,
    outline_legend,
)
from gonogo.plot.style import Theme, canvas, explain, short
from gonogo.plot.telling import chosen
from gonogo.types import Array

__all__ = ["grid"]

_WIDTH, _ROOM = 7.2, 6.2
_CAPTION = 0.36


def grid(
    result: Any,
    ax: Any = None,
    *,
    maps: Any = None,
    masks: Any = None,
    images: int | Sequence[str] = 12,
    photographs: Sequence[Any] | None = None,
    category: str | None = None,
    threshold: Where = SETTLED,
    pixel_threshold: Where = SETTLED,
    mode: PictureMode = "simple",
    columns: int | None = None,
    theme: Theme = "light",
) -> Any:
    """Draw the images that say most about the detector: missed, false alarms, then right ones.

    Args:
        result: as of :func:`heatmap`.
        ax: matplotlib axes whose place is taken, or an empty figure; by default a new one.
        maps: as of :func:`heatmap`.
        masks: as of :func:`heatmap`.
        images: how many, or the names of those to draw in their order.
        photographs: as of :func:`heatmap`.
        category: which one, of a run with several.
        threshold: on images; what is missed or a false alarm is so at this one.
        pixel_threshold: on pixels, for the outlines.
        mode: ``"simple"``, the photograph under the heat with the outlines; or ``"full"``,
            photograph, mask, heat, what is flagged, and the outlines, side by side.
        columns: by default 4, of ``"full"`` 1.
        theme: ``"light"`` or ``"dark"``.

    Returns:
        The axes; ``axes.child_axes`` are those of the pictures.

    Raises:
        InputError: as of :func:`heatmap`.
        MissingExtra: matplotlib is not installed (the extra ``plot``).
    """
    if mode not in ("full", "simple"):
        raise InputError(f"mode: found {mode!r}; expected 'full' or 'simple'")
    one, shown = images_of(result, maps, masks, photographs, category)
    mark, flagging = mark_of(one, threshold), pixel_mark_of(one, pixel_threshold)
    some = chosen(shown, images, mark)
    scale, at = heat_scale(one), None if flagging is None else flagging.threshold
    masked = one.pixel is not None
    resized = one.settings.resize is not None
    with quiet_reading():
        layers = [
            Overlay(
                each.image,
                each.photograph,
                "",
                scale,
                at,
                one.settings,
                masked=masked,
                resized=resized,
            ).layers()
            for _, each in some
        ]
    mismatches = [each.mismatch for each in layers if each.mismatch is not None]
    if mismatches:
        warn(explain_mismatches(mismatches, "figures"), InputWarning)
    across = min(columns or (1 if mode == "full" else 4), len(some))
    down = -(-len(some) // across)
    panels = [_panels(each, mode) for each in layers]
    wide = 0.96 * _ROOM / across
    high = max(wide * panel.shape[0] / panel.shape[1] for panel, _ in panels)
    height = down * (high + _CAPTION)
    with canvas(ax, theme, (_WIDTH, height + 0.55)) as (axes, palette):
        for k, ((row, _), each, (pixels, last)) in enumerate(
            zip(some, layers, panels, strict=True)
        ):
            below = (down - 1 - k // across) / down
            inside = axes.inset_axes((k % across / across, below, 0.96 / across, high / height))
            inside.imshow(pixels, extent=(-0.5, pixels.shape[1] - 0.5, pixels.shape[0] - 0.5, -0.5))
            inside.set_anchor("N")
            outline(inside, each.truth, TRUTH, last)
            outline(inside, each.flags, PREDICTED, last)
            inside.set_xlim(-0.5, pixels.shape[1] - 0.5)
            inside.set_ylim(pixels.shape[0] - 0.5, -0.5)
            outcome = outcome_of(row, mark)
            inside.set_title(
                f"{_named(row.name, int(wide / 0.062))}\n{caption(row, mark)}",
                fontsize=7,
                color=palette.ink if outcome is None else getattr(palette, outcome),
            )
            bare(inside, palette)
        axes.set_axis_off()
        colour_bar(axes, palette, one, scale)
        explain(axes, [[entry] for entry in outline_legend(flagging, masked=masked)])
    return axes


def _named(name: str, longest: int) -> str:
    """The name with the folder it lies in."""
    return short("/".join(name.split("/")[-2:]), longest)


def _panels(layers: Layers, mode: PictureMode) -> tuple[Array, float]:
    """Pictures side by side, and where the one begins that outlines belong on."""
    apart = layers.apart
    if mode == "simple":
        if layers.beside is None:
            return layers.warmed, 0.0
        apart = [layers.beside]
    height, width = layers.seen.shape[:2]
    gap = np.full((height, max(2, width // 40), 3), 128, np.uint8)
    parts = [part for panel in [*apart, layers.seen] for part in (gap, panel)][1:]
    pixels = np.concatenate(parts, axis=1)
    return pixels, float(pixels.shape[1] - width)
