"""How results look in a notebook: tables, and small curves as SVG inside the page.

No library, no script, no file beside it. Colours follow the page: Jupyter's and VS Code's own
themes, else the choice of the system; where styles are stripped, those for light pages remain.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gonogo.decisions import at_least
from gonogo.palette import DARK, LIGHT
from gonogo.results.bars import bar_edges
from gonogo.results.decision import decision_line, image_threshold_text
from gonogo.results.levels import Level, PixelLevel
from gonogo.results.table import Table, count_table, defect_table, level_table, run_table
from gonogo.shown import legend, shown
from gonogo.sorting import sortable
from gonogo.types import Band, Curve

if TYPE_CHECKING:
    from gonogo.results.record import Result, Run

__all__ = ["result_html", "run_html"]

_WIDTH, _HEIGHT, _MOST = 168, 104, 12
_FITTING = 32
"""Letters that surely fit below a picture."""
_CLASSES = ("normal", "anomalous", "accent", "right", "line", "quiet")
_STYLE = (
    f"<style>.gonogo{{{LIGHT.css()} overflow-x:auto}}"
    f"@media(prefers-color-scheme:dark){{.gonogo{{{DARK.css()}}}}}"
    f'[data-jp-theme-light="true"] .gonogo,.vscode-light .gonogo{{{LIGHT.css()}}}'
    f'[data-jp-theme-light="false"] .gonogo,.vscode-dark .gonogo{{{DARK.css()}}}'
    ".gonogo table{font-variant-numeric:tabular-nums;border-collapse:collapse;margin:6px 0}"
    ".gonogo td,.gonogo th{padding:2px 12px 2px 0;text-align:right}"
    ".gonogo tr>:first-child{text-align:left;max-width:24em;overflow-wrap:anywhere}"
    '.gonogo th[colspan]:not([colspan="1"]){text-align:center}'
    ".gonogo svg{margin:0 14px 6px 0;vertical-align:top}"
    ".gonogo svg text{font:11px sans-serif;fill:currentColor}"
    + "".join(
        f".gonogo .go-{name}{{stroke:var(--{name})}}.gonogo .go-fill-{name}{{fill:var(--{name})}}"
        for name in _CLASSES
    )
    + "</style>"
)


def result_html(result: Result, headline: str) -> str:
    """The tables of one result above its histogram and curves."""
    tables = [level_table(result), *([defect_table(result)] if result.by_defect else [])]
    pictures = [_histogram(result, "image scores"), *_curves(result)]
    return _page(f"<p>{escape(headline)}</p>", *_drawn(tables), *pictures)


def run_html(run: Run) -> str:
    """The tables of a run above the histogram of each category, with curves of a single one."""
    pictures = []
    for category, result in list(run.categories.items())[:_MOST]:
        pictures.append(_histogram(result, f"{category}: image scores"))
    if len(run.categories) == 1:
        pictures += _curves(next(iter(run.categories.values())))
    left = len(run.categories) - _MOST
    rest = f"<p>and the scores of {left} more categories</p>" if left > 0 else ""
    return _page(*_drawn([run_table(run), count_table(run)]), "<br>", *pictures, rest)


def _drawn(tables: Sequence[Table]) -> list[str]:
    """Tables, and below them what a ± in one says."""
    below = legend(cell for table in tables for cell in table.cells)
    return [*(table.html() for table in tables), *(f"<p>{escape(line)}</p>" for line in below)]


def _page(*parts: str) -> str:
    return f'<div class="gonogo">{_STYLE}{"".join(parts)}</div>'


def _curves(result: Result) -> list[str]:
    """ROC and PR of both levels, and PRO up to its highest limit."""
    levels: list[tuple[str, Level]] = [("image", result.image)]
    if result.pixel is not None:
        levels.append(("pixel", result.pixel))
    found = [
        _plot(
            "ROC",
            [
                (f"{name} AUROC {shown(level.auroc)}", level.roc_curve(thin=True))
                for name, level in levels
            ],
        ),
        _plot(
            "precision and recall",
            [
                (f"{name} AP {shown(level.average_precision)}", level.pr_curve(thin=True))
                for name, level in levels
            ],
        ),
    ]
    if isinstance(result.pixel, PixelLevel) and result.pixel.aupro:
        limit = max(result.pixel.aupro)
        label = f"AUPRO@{limit:g} {shown(result.pixel.aupro[limit])}"
        curve = result.pixel.pro_curve(thin=True)
        found.append(_plot(f"PRO to {limit:g}", [(label, curve)], right=limit))
    return found


def _plot(title: str, curves: Sequence[tuple[str, Curve | Band]], right: float = 1.0) -> str:
    """Curves in a frame, what they are below it; undefined ones say why."""
    drawn, below, reasons = [], [], []
    for place, (label, curve) in enumerate(curves):
        colour, dashes = (("accent", ""), ("right", ' stroke-dasharray="5 2"'))[place % 2]
        y = _HEIGHT + 32 + 14 * place
        if curve.reason is not None:
            name = label.split()[0]
            reasons.append(f"{name}: {curve.reason}")
            below.append(_text(20, y, f"{name}: undefined"))
            continue
        hue = getattr(LIGHT, colour)
        pen = f'class="go-{colour}" stroke="{hue}" stroke-width="1.6"{dashes}'
        ends = [curve] if isinstance(curve, Curve) else [curve.lower, curve.upper]
        paths = [_path(end, right) for end in ends]
        if len(paths) == 2:
            inside = "L".join([paths[0], *reversed(paths[1].split("L"))])
            fill = f'class="go-fill-{colour}" fill="{hue}" fill-opacity="0.3"'
            drawn.append(f'<path {fill} d="M{inside}Z"/>')
        drawn += [f'<path fill="none" {pen} d="M{path}"/>' for path in paths]
        below.append(f'<path {pen} d="M0,{y - 4}h16"/>{_text(20, y, label)}')
    if len(reasons) == len(curves):
        drawn, below = [_inside("; ".join(dict.fromkeys(reasons)))], []
    told = f"{title}: " + "; ".join([*(label for label, _ in curves), *reasons])
    return _svg(told, [_text(0, 11, title), _frame(), *drawn, *below], 3)


def _histogram(result: Result, title: str) -> str:
    """Scores of normal images up, of anomalous ones down, and where it decides."""
    scores = np.array([row.score for row in result.images], np.float64)
    labels = np.array([row.label for row in result.images], np.bool_)
    policy, threshold = decision_line(result)
    edges = bar_edges(scores.tolist(), threshold, 24)
    counts = [np.histogram(sortable(scores[labels == which]), edges)[0] for which in (False, True)]
    most = max(1, *(int(count.max()) for count in counts))
    middle, half = 18 + _HEIGHT / 2, _HEIGHT / 2 - 2
    x = _WIDTH * (edges - edges[0]) / (edges[-1] - edges[0])
    bars = []
    for name, count, up in (("normal", counts[0], True), ("anomalous", counts[1], False)):
        steps = "".join(
            f"M{a:.1f},{middle:.1f}H{b:.1f}V{middle - (half if up else -half) * n / most:.1f}"
            f"H{a:.1f}Z"
            for a, b, n in zip(x[:-1], x[1:], count, strict=True)
            if n
        )
        fill = f'class="go-fill-{name}" fill="{getattr(LIGHT, name)}"'
        bars.append(f'<path {fill} d="{steps}"/>')
        left = 0 if up else 84
        bars.append(f'<path {fill} d="M{left},{_HEIGHT + 24}h9v9h-9Z"/>')
        bars.append(_text(left + 13, _HEIGHT + 32, f"{name} {int(count.sum())}"))
    told, lines = f"{title}; {scores.size} images", [""]
    if threshold is None:
        below = _inside(_why(result), 10 if labels.all() else _HEIGHT // 2 - 4)
    else:
        at = float(_WIDTH * (threshold - edges[0]) / (edges[-1] - edges[0]))
        pen = f'class="go-accent" stroke="{LIGHT.accent}" stroke-width="1.6"'
        flagged = at_least(scores, threshold)
        missed, alarms = int((~flagged & labels).sum()), int((flagged & ~labels).sum())
        cost = f"{missed} missed, {alarms} false alarm{'s' * (alarms != 1)}"
        bars.append(f'<path {pen} d="M{at:.1f},18V{18 + _HEIGHT}"/>')
        rule = f"score ≥ {image_threshold_text(result, threshold)}"
        lines = [f"{policy}: {rule}", cost]
        if len(lines[0]) > _FITTING:
            lines = [f"{policy}:", rule, cost]
        below = "".join(_text(0, _HEIGHT + 46 + 14 * k, line) for k, line in enumerate(lines))
        told = f"{told}; {policy}: {rule}, {cost}"
    parts = [_text(0, 11, title, longest=30), _frame(), *bars, below]
    return _svg(told, parts, max(3, len(lines) + 1))


def _why(result: Result) -> str:
    reason = getattr(result.image.f1_max.value, "reason", "is not known")
    return f"no threshold: the best F1 {reason}"


def _svg(told: str, parts: Sequence[str], lines: int) -> str:
    height = _HEIGHT + 24 + 14 * lines
    return (
        f'<svg role="img" aria-label="{escape(told)}" width="{_WIDTH + 32}" height="{height}" '
        f'viewBox="-1 0 {_WIDTH + 32} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(parts)}</svg>"
    )


def _frame() -> str:
    pen = f'class="go-line" stroke="{LIGHT.line}" fill="none"'
    return f'<rect {pen} x="0" y="18" width="{_WIDTH}" height="{_HEIGHT}"/>'


def _text(x: float, y: float, words: str, *, longest: int = 60) -> str:
    """Words in one line, cut short where it is too long."""
    line = " ".join(words.split())
    if len(line) > longest:
        line = f"{line[: longest - 1]}…"
    whole = "" if line == words else f"<title>{escape(words)}</title>"
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="sans-serif" font-size="11" '
        f'fill="currentColor">{whole}{escape(line)}</text>'
    )


def _inside(words: str, down: int | None = None) -> str:
    """Words in the frame in several lines, in its middle or so far down."""
    lines = wrap(words, 28)[: _HEIGHT // 14]
    first = 28 + (_HEIGHT // 2 - 7 * len(lines) if down is None else down)
    return "".join(_text(6, first + 14 * k, line) for k, line in enumerate(lines))


def _path(curve: Curve, right: float) -> str:
    """The curve in halves of a pixel, without points that would not be seen."""
    inside = int(np.searchsorted(curve.x, right, side="right"))
    x, y = curve.x[:inside], curve.y[:inside]
    if right < curve.x[-1]:
        x, y = np.append(x, right), np.append(y, np.interp(right, curve.x, curve.y))
    points = np.stack([_WIDTH * x / right, 18 + _HEIGHT * (1.0 - y)], axis=1)
    points = np.round(2.0 * points) / 2.0
    return "L".join(f"{a:g},{b:g}" for a, b in _seen(points))


def _seen(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without repeated points and those inside a level or upright stretch."""
    steps = np.diff(points, axis=0)
    points = points[np.append(True, np.any(steps != 0.0, axis=1))]
    if len(points) < 3:
        return points
    before, after = points[1:-1] - points[:-2], points[2:] - points[1:-1]
    straight = np.any((before == 0.0) & (after == 0.0), axis=1)
    kept: NDArray[np.float64] = points[np.concatenate(([True], ~straight, [True]))]
    return kept
