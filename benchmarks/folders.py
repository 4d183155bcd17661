"""The main job over files, against a bare loop that only reads them with the same libraries."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.generated import generated
from benchmarks.lines import Line, cost
from benchmarks.timing import interleaved

__all__ = ["against_bare_loop", "mvtec_folder"]

_TARGET = 1.3
_GOOD = "good"
_DEFECTS = ("crack", "hole", "stain")
_DEEPPCB = Path(__file__).parents[2] / "shared" / "data" / "deeppcb"


def against_bare_loop(count: int, side: int, rounds: int) -> list[Line]:
    """A generated folder, and the real one of ``shared/`` where it is there; files are cached."""
    with TemporaryDirectory() as folder:
        maps, truth = mvtec_folder(Path(folder), count, side)
        lines = [_line(f"folder, {count} x {side} x {side}", maps, truth, rounds)]
    models = sorted(_DEEPPCB.glob("maps/*"))
    return lines + [_line(f"deeppcb, {maps.name}", maps, _DEEPPCB, rounds) for maps in models]


def mvtec_folder(folder: Path, count: int, side: int) -> tuple[Path, Path]:
    """Maps (float32 TIFF, zlib) and masks (PNG) in MVTec AD's layout; the two folders of them."""
    import tifffile
    from PIL import Image

    maps, truth = folder / "maps", folder / "plate"
    for place, (scores, mask) in enumerate(zip(*generated(count, side), strict=True)):
        defect = _DEFECTS[place // 2 % len(_DEFECTS)] if mask.any() else _GOOD
        target = maps / "test" / defect
        target.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(target / f"{place:03d}.tiff", scores, compression="zlib")
        if defect != _GOOD:
            target = truth / "ground_truth" / defect
            target.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask).save(target / f"{place:03d}_mask.png")
    return maps, truth


def _line(data: str, maps: Path, truth: Path, rounds: int) -> Line:
    import gonogo

    map_files = sorted(maps.glob("test/*/*.tiff"))
    mask_files = sorted(truth.glob("ground_truth/*/*.png"))
    gonogo.evaluate_folder(maps, truth)  # load the kernels and the readers
    times = interleaved(
        {
            "bare loop": lambda: _bare_loop(map_files, mask_files),
            "evaluate_folder": lambda: gonogo.evaluate_folder(maps, truth),
        },
        rounds,
    )
    ours, theirs = min(times["evaluate_folder"]), min(times["bare loop"])
    return cost(data, "evaluate_folder : bare reading loop", ours, theirs, _TARGET, times)


def _bare_loop(maps: list[Path], masks: list[Path]) -> None:
    import tifffile
    from PIL import Image

    for path in maps:
        tifffile.imread(path)
    for path in masks:
        with Image.open(path) as image:
            np.array(image)
