"""From a page to the files it was made of, by relative links that survive a move of both."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from gonogo.types import Original

__all__ = ["link_to"]


def link_to(original: Original, folder: Path) -> str | None:
    """The photograph, or else the map, as seen from a folder; None for what is in no file here."""
    photograph = original.photograph
    places = (photograph, getattr(original.image, "map_path", None))
    path = next((Path(one) for one in places if isinstance(one, (str, Path))), None)
    if path is None:
        return None
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path.resolve().as_uri()
    return quote(Path(relative).as_posix(), errors="surrogatepass")
