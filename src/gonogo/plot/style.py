"""How figures look: the palette, light or dark, and names that are never read as formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import fill
from typing import Any, Literal, get_args

from gonogo.errors import InputError
from gonogo.palette import DARK, HEAT, HEAT_NAME, LIGHT, Palette
from gonogo.plot.library import library

__all__ = ["Theme", "canvas", "colour_map", "explain", "palette_of", "say", "short"]

Theme = Literal["light", "dark"]

_PALETTES: dict[Theme, Palette] = {"light": LIGHT, "dark": DARK}
_LONGEST = 40


def palette_of(theme: Theme) -> Palette:
    """The colours of a theme."""
    if theme not in _PALETTES:
        raise InputError(f"theme: found {theme!r}; expected {' or '.join(get_args(Theme))}")
    return _PALETTES[theme]


@contextmanager
def canvas(
    ax: Any, theme: Theme, size: tuple[float, float] = (5.2, 3.9)
) -> Iterator[tuple[Any, Palette]]:
    """The axes that were given, those of a new figure, or of an empty one, in gonogo's style."""
    palette = palette_of(theme)
    with library("matplotlib").rc_context(_settings(palette)):
        if ax is None:
            figure = library("matplotlib.pyplot").figure(figsize=size, layout="constrained")
            axes = figure.add_subplot()
        elif isinstance(ax, library("matplotlib.figure").Figure):
            ax.set_size_inches(size)
            ax.set_layout_engine("constrained")
            ax.set_facecolor(palette.background)
            axes = ax.add_subplot()
        else:
            axes = ax
            _dress(axes, palette)
        yield axes, palette


def colour_map() -> Any:
    """The colours of heat maps, for matplotlib."""
    shares = [tuple(part / 255.0 for part in colour) for colour in HEAT]
    return library("matplotlib.colors").ListedColormap(shares, name=HEAT_NAME)


def say(axes: Any, palette: Palette, reasons: list[str]) -> None:
    """Why something is not there, in the middle of the axes."""
    text = "\n".join(fill(reason, 46) for reason in reasons)
    axes.text(
        *(0.5, 0.5, text),
        transform=axes.transAxes,
        ha="center",
        va="center",
        color=palette.quiet,
        bbox={"facecolor": palette.background, "edgecolor": palette.line, "pad": 6.0},
        zorder=5,
    )


def explain(axes: Any, entries: list[list[tuple[Any, str]]]) -> None:
    """A legend under the axes: handles and labels in columns, one below the other if too wide."""
    columns = [column for column in entries if column]
    if not columns:
        return
    need = sum(0.5 + 0.062 * max(len(label) for _, label in column) for column in columns)
    wide = need > 1.2 * axes.get_window_extent().width / axes.figure.dpi
    height = 1 if wide else max(map(len, columns))
    nothing = (library("matplotlib.lines").Line2D([], [], linestyle=""), "")
    filled = [one for column in columns for one in column + [nothing] * (height - len(column))]
    handles, labels = zip(*filled, strict=True)
    axes.legend(
        *(handles, labels),
        ncols=1 if wide else len(columns),
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        bbox_transform=_below(axes),
        borderaxespad=0.0,
        frameon=False,
    )


def _below(axes: Any) -> Any:
    """From the lower left corner of the axes, as far down as their ticks and label need."""
    transforms = library("matplotlib.transforms")
    down = 34.0 if axes.get_xlabel() else 6.0
    moved = transforms.ScaledTranslation(0.0, -down / 72.0, axes.figure.dpi_scale_trans)
    return axes.transAxes + moved


def short(name: str, longest: int = _LONGEST) -> str:
    """A name in one line that is not too long; none starts with what legends leave out.

    What has no shape, such as control characters, which no SVG may hold, is shown as such.
    """
    line = "".join(one if one.isprintable() else "\ufffd" for one in " ".join(name.split()))
    if len(line) > longest:
        line = f"{line[: longest // 2]}…{line[-(longest - longest // 2 - 1) :]}"
    return f" {line}" if line.startswith("_") else line


def _settings(palette: Palette) -> dict[str, Any]:
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": palette.quiet,
        "axes.facecolor": palette.background,
        "axes.grid": True,
        "axes.labelcolor": palette.ink,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": palette.ink,
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "figure.facecolor": palette.background,
        "font.size": 9,
        "grid.color": palette.line,
        "grid.linewidth": 0.6,
        "legend.fontsize": 8,
        "legend.frameon": True,
        "legend.framealpha": 0.9,
        "legend.edgecolor": palette.line,
        "legend.facecolor": palette.background,
        "legend.labelcolor": palette.ink,
        "lines.linewidth": 1.6,
        "pdf.fonttype": 42,
        "savefig.dpi": 200,
        "savefig.facecolor": palette.background,
        "svg.hashsalt": "gonogo",
        "text.color": palette.ink,
        "text.parse_math": False,
        "text.usetex": False,
        "xtick.color": palette.quiet,
        "ytick.color": palette.quiet,
    }


def _dress(axes: Any, palette: Palette) -> None:
    """What settings no longer change once axes are there."""
    axes.set_facecolor(palette.background)
    axes.grid(visible=True, color=palette.line, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=palette.quiet, which="both")
    for side, spine in axes.spines.items():
        spine.set_color(palette.quiet)
        spine.set_visible(side in ("left", "bottom"))
    labels: list[Callable[..., Any]] = [axes.xaxis.label.set_color, axes.yaxis.label.set_color]
    for coloured in labels:
        coloured(palette.ink)
