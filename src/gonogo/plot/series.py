"""What there is to draw in whatever was given: named levels and curves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from gonogo.errors import InputError
from gonogo.results import DefectResult, Level, PixelLevel, Result, Run, load
from gonogo.types import Band, Curve

__all__ = ["CurveName", "LevelName", "Series", "one_result", "series_of"]

LevelName = Literal["image", "pixel"]
CurveName = Literal["roc", "pr", "pro"]


@dataclass(frozen=True)
class Series:
    """One curve to draw; ``level`` and ``result`` where they are known."""

    name: str
    curve: Curve | Band
    level_name: LevelName | None = None
    level: Level | None = None
    result: Result | None = None


def series_of(
    result: Any, curve: CurveName, level: LevelName | None, category: str | None
) -> list[Series]:
    """The curves of one thing, or of several by their names.

    Of a single result both levels, unless one is named; of several the pixel level where all have
    one. PRO is always of the pixel level.
    """
    if level is not None and level not in get_args(LevelName):
        raise InputError(f"level: found {level!r}; expected 'image' or 'pixel'")
    if curve == "pro" and level == "image":
        raise InputError("level: found 'image'; PRO counts regions, which only pixels have")
    things = _things(result, category)
    wanted = "pixel" if curve == "pro" else level
    if len(things) > 1 and wanted is None:
        with_pixels = [_has_pixels(thing) for thing in things.values()]
        wanted = "pixel" if all(with_pixels) else "image"
    found = [
        one for name, thing in things.items() for one in _curves_of(name, thing, curve, wanted)
    ]
    if not found:
        raise InputError(
            "result: found no pixel level, which PRO needs; evaluate maps with their masks"
            if wanted == "pixel"
            else "result: found nothing to draw; expected at least one result"
        )
    return found


def one_result(result: Any, category: str | None = None) -> Result:
    """The one result of a run, its folder, or the category named."""
    things = _things(result, category)
    if len(things) == 1:
        ((_, only),) = things.items()
        if isinstance(only, Result):
            return only
    raise InputError(
        f"result: found {_what(result)}; expected a Result, a Run with one category, or "
        f"category= one of {', '.join(list(things)[:20])}"
    )


def _things(result: Any, category: str | None) -> dict[str, Any]:
    """Whatever was given, by name; a single thing has the name ''."""
    if isinstance(result, (str, os.PathLike)):
        result = load(Path(result))
    if isinstance(result, Run):
        result = dict(result.categories)
        if category is None and len(result) == 1:
            return {"": next(iter(result.values()))}
    elif category is not None and _all_runs(result):
        return {name: _single(name, thing, category) for name, thing in _named(result)}
    if category is not None:
        if not isinstance(result, Mapping) or category not in result:
            names = ", ".join(list(result)[:20]) if isinstance(result, Mapping) else "no categories"
            raise InputError(f"category: found {category!r}; the result has {names}")
        return {"": result[category]}
    if isinstance(result, Mapping | Sequence):
        return {name: _single(name, thing) for name, thing in _named(result)}
    return {"": result}


def _named(things: Mapping[Any, Any] | Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Several things with their names, or their numbers from 1 on."""
    if isinstance(things, Mapping):
        yield from ((str(name), thing) for name, thing in things.items())
    else:
        yield from ((str(k), thing) for k, thing in enumerate(things, 1))


def _all_runs(things: Any) -> bool:
    """Whether these are several runs, or their folders, each of which has categories."""
    if not isinstance(things, Mapping | Sequence) or not things:
        return False
    return all(isinstance(thing, Run | str | os.PathLike) for _, thing in _named(things))


def _single(name: str, thing: Any, category: str | None = None) -> Any:
    """What stands for one name beside others: a run only with a single category, or by it."""
    try:
        inside = _things(thing, category)
    except InputError as error:
        if category is None:
            raise
        raise InputError(f"{error} (in {name!r})") from error
    if len(inside) != 1:
        raise InputError(
            f"result: found {len(inside)} categories in {name!r}; name one with category=, or give "
            "results of one category each"
        )
    return next(iter(inside.values()))


def _curves_of(
    name: str, thing: Any, curve: CurveName, wanted: LevelName | None
) -> Iterator[Series]:
    if isinstance(thing, Curve | Band):
        yield Series(name or "curve", thing)
    elif isinstance(thing, Level):
        if curve != "pro" or isinstance(thing, PixelLevel):
            yield Series(name or "result", _curve(thing, curve), None, thing)
    elif isinstance(thing, Result | DefectResult):
        levels: dict[LevelName, Level | None] = {"image": thing.image, "pixel": thing.pixel}
        result = thing if isinstance(thing, Result) else None
        for level_name, level in levels.items():
            if wanted not in (None, level_name):
                continue
            if level is not None:
                drawn = _curve(level, curve)
                yield Series(name or level_name, drawn, level_name, level, result)
            elif wanted == "pixel" and curve != "pro":
                raise InputError(
                    "level: found 'pixel', but the result has image scores alone; evaluate maps "
                    "with their masks"
                )
    else:
        raise InputError(
            f"result: found {_what(thing)}; expected a Result, a Run, a Level, a Curve, the folder "
            "of a run, or several of them by name"
        )


def _curve(level: Level, curve: CurveName) -> Curve | Band:
    drawn: Curve | Band = getattr(level, f"{curve}_curve")(thin=True)
    return drawn


def _has_pixels(thing: Any) -> bool:
    return isinstance(thing, PixelLevel) or getattr(thing, "pixel", None) is not None


def _what(thing: Any) -> str:
    return f"a {type(thing).__name__}"
