"""The scores of images as a histogram of one line for each class, with the threshold marked."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from gonogo.cli.output import printable
from gonogo.decisions import at_least
from gonogo.results import Result, Run
from gonogo.results.bars import bar_edges
from gonogo.results.decision import decision_line, image_threshold_text
from gonogo.sorting import sortable

__all__ = ["sparklines"]

_BLOCKS, _PLAIN = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
_NARROWEST, _WIDEST, _MOST = 12, 48, 4
_COLOURS = {"normal": "blue", "anomalous": "dark_orange3"}


def sparklines(run: Run, width: int, *, plain: bool = False) -> Iterator[list[Text]]:
    """A few lines for each category, no longer than ``width``; ``plain`` for ASCII alone.

    Of many categories those with the lowest image AUROC.
    """
    known = {name: one for name, one in run.categories.items() if one.images}
    names = sorted(known, key=lambda name: _auroc(known[name]))[:_MOST]
    chosen = [name for name in known if name in names]
    for name in chosen:
        title = "image scores" if len(known) == 1 else f"image scores of {name}"
        if len(known) > _MOST and name == chosen[0]:
            title += f" (here the {_MOST} of {len(known)} categories with the lowest image AUROC)"
        yield [_cut(title, width), *_lines(known[name], width, plain=plain)]


def _lines(result: Result, width: int, *, plain: bool) -> Iterator[Text]:
    scores = np.array([row.score for row in result.images], np.float64)
    labels = np.array([row.label for row in result.images], np.bool_)
    policy, threshold = decision_line(result)
    heads = {
        name: f"{name:<9} {int((labels == which).sum()):>6}  "
        for name, which in (("normal", False), ("anomalous", True))
    }
    indent = max(map(len, heads.values()))
    room = max(_NARROWEST, min(_WIDEST, width - indent - 3))
    edges = bar_edges(scores.tolist(), threshold, room - 1)
    cut = None if threshold is None else int(np.searchsorted(edges, threshold))
    for name, head in heads.items():
        counts = np.histogram(sortable(scores[labels == (name == "anomalous")]), edges)[0]
        line = Text(f"{head:>{indent}}")
        line.append(_marked(_bars(counts, plain=plain), cut, plain=plain), style=_COLOURS[name])
        yield line
    ends = float(scores.min()), float(scores.max())
    text = "" if threshold is None else image_threshold_text(result, threshold)
    yield from _below(ends, len(edges) - 1, cut, text, indent, width)
    if threshold is not None:
        flagged = at_least(scores, threshold)
        missed, alarms = int((~flagged & labels).sum()), int((flagged & ~labels).sum())
        sign = ">=" if plain else "≥"
        cost = f"{missed} missed, {alarms} false alarm{'s' * (alarms != 1)}"
        yield from _decided(policy, f"score {sign} {text}", cost, width)


def _decided(policy: str, rule: str, cost: str, width: int) -> Iterator[Text]:
    """What is decided and what it costs: in lines of their own, rather than with a number cut."""
    line = f"{policy}: {rule}, {cost}"
    if len(line) <= width:
        yield _cut(line, width)
    else:
        yield from (_cut(f"{policy}:", width), Text(f"  {rule}"), _cut(f"  {cost}", width))


def _bars(counts: NDArray[np.int64], *, plain: bool) -> str:
    """A block for each count; one image is always seen."""
    blocks = _PLAIN if plain else _BLOCKS
    most = max(1, int(counts.max()))
    heights = np.ceil((len(blocks) - 1) * counts / most).astype(int)
    return "".join(blocks[height] for height in heights)


def _marked(bars: str, cut: int | None, *, plain: bool) -> str:
    """The bars with a mark where the threshold is."""
    return bars if cut is None else f"{bars[:cut]}{'|' if plain else '│'}{bars[cut:]}"


def _below(
    ends: tuple[float, float],
    bars: int,
    cut: int | None,
    threshold: str,
    indent: int,
    width: int,
) -> Iterator[Text]:
    """The lowest and the highest score, and between them the threshold where there is room."""
    length = bars + (cut is not None)
    low, high = f"{ends[0]:.4g}", f"{ends[1]:.4g}"
    line = [" "] * max(length, len(low) + len(high) + 1)
    line[: len(low)] = low
    line[-len(high) :] = high
    if cut is not None:
        start = cut - len(threshold) // 2
        if start > len(low) and start + len(threshold) < len(line) - len(high):
            line[start : start + len(threshold)] = threshold
    yield _cut(" " * indent + "".join(line), width)


def _auroc(result: Result) -> float:
    value = float(result.image.auroc)
    return -1.0 if math.isnan(value) else value


def _cut(line: str, width: int) -> Text:
    line = printable(line)
    return Text(line if len(line) <= width else f"{line[: width - 1]}…")
