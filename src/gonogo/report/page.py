"""From the data of a report to the one page that shows it.

Everything that comes from the data is escaped by the template, or stands in a JSON block in which
no ``<`` is left. Scripts run only if their digest is the one that the page names, so nothing from
the data ever does.
"""

from __future__ import annotations

import hashlib
import json
import math
import shlex
from base64 import b64encode
from collections.abc import Mapping
from importlib import resources
from typing import Any

from gonogo.errors import MissingExtra
from gonogo.palette import DARK, HEAT, LIGHT, PREDICTED, TRUTH
from gonogo.shown import NEARNESS, shown
from gonogo.types import Bounded, Number

__all__ = ["page", "ready"]

_SCRIPTS = (
    *("format", "data", "decisions", "state", "theme", "charts", "threshold", "histogram"),
    *("curves", "pixels", "outlines", "pictures", "gallery", "enlarged", "tables", "printing"),
    "main",
)
"""Parts of one script, in this order."""


def ready() -> None:
    """Refuse to start where the libraries that make the page are missing."""
    try:
        import jinja2
        import PIL.Image
    except ImportError as error:
        raise MissingExtra.of("cli", needs="the report needs Jinja2 and Pillow") from error
    del jinja2, PIL


def page(document: Mapping[str, Any]) -> bytes:
    """The page, encoded in UTF-8; names that are no text keep their odd characters escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": _shown,
        "exactness": _exactness,
        "as_json": _as_json,
        "as_word": shlex.quote,
        "number": _number,
        "thousands": "{:,}".format,
        "plain": "{:.15g}".format,
    }
    uplot, script = _vendored("uPlot.iife.min.js"), _script()
    text = environment.get_template("report.html").render(
        report=document,
        results=document["results"],
        ignored=_ignored_pixels(document),
        colours={"light": LIGHT.css(), "dark": DARK.css(), "truth": TRUTH, "predicted": PREDICTED},
        theme=_theme(),
        nearness=NEARNESS,
        styles=[_vendored("uPlot.min.css"), _text("report.css")],
        scripts=[uplot, script],
        digests=" ".join(f"'sha256-{_digest(one)}'" for one in (uplot, script)),
        licence=_vendored("LICENSE"),
    )
    return text.encode("utf-8", "backslashreplace")


def _ignored_pixels(document: Mapping[str, Any]) -> int:
    """Pixels of the maps that were evaluated and count neither as anomalous nor as normal."""
    ignored = 0
    for name, numbers in document["results"]["categories"].items():
        if numbers["pixel"] is not None:
            rows = document["categories"][name]["rows"]
            sizes = zip(rows["height"], rows["width"], strict=True)
            ignored += sum((height or 0) * (width or 0) for height, width in sizes)
            ignored -= numbers["pixel"]["anomalous"] + numbers["pixel"]["normal"]
    return ignored


def _theme() -> dict[str, Any]:
    return {
        "light": vars(LIGHT),
        "dark": vars(DARK),
        "heat": HEAT,
        "truth": TRUTH,
        "predicted": PREDICTED,
    }


def _script() -> str:
    parts = "\n".join(_text(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def _text(name: str) -> str:
    return (resources.files("gonogo.report") / "page" / name).read_text(encoding="utf-8")


def _vendored(name: str) -> str:
    folder = resources.files("gonogo.report") / "vendor" / "uplot"
    return (folder / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _as_json(value: Any) -> Any:
    """JSON for a script block, which ends at ``</``: no ``<`` is left in it."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - nothing in it can end the block


def _shown(value: Any) -> str:
    return shown(_number(value))


def _number(value: Any) -> Number:
    """A value of the results as a number: nan for None, an interval as such."""
    if value is None:
        return math.nan
    if isinstance(value, Mapping):
        low, high = value["low"], value["high"]
        return math.nan if low is None or high is None else Bounded(low, high)
    return float(value)


def _exactness(value: Any) -> str:
    """How exact a value is, in words."""
    number = _number(value)
    if isinstance(number, Bounded):
        return f"certainly from {number.low:.6g} to {number.high:.6g}" if number.error else "exact"
    return "undefined" if math.isnan(number) else "exact"
