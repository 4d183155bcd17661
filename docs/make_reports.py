"""The reports of the demo and, where the data are there, of both models on DeepPCB.

Run as ``make reports`` or ``python docs/make_reports.py [FOLDER] [DEEPPCB]``: writes the run and
the report of each, to ``reports/``. ``DEEPPCB`` holds the ground truth in MVTec AD's layout and the
maps of each model in ``maps/<model>``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gonogo.cli.app import app

DATA = Path(__file__).parents[2] / "shared" / "data" / "deeppcb"


def make_reports(folder: Path, deeppcb: Path = DATA) -> list[Path]:
    """Evaluate, and write what ``gonogo evaluate`` writes."""
    demo = folder / "demo"
    _gonogo("demo", "--out", demo, "--force")
    runs = [demo / "results"]
    if not deeppcb.is_dir():
        sys.stderr.write(f"{deeppcb} is not here: no reports of DeepPCB\n")
    for maps in sorted(deeppcb.glob("maps/*")):
        runs.append(folder / f"deeppcb-{maps.name}")
        _gonogo("evaluate", maps, deeppcb, "--out", runs[-1], "--force")
    return [run / "report.html" for run in runs]


def _gonogo(*words: object) -> None:
    arguments = [*map(str, words), "--quiet"]
    sys.argv[1:] = arguments  # what the report names as its command
    app(arguments, standalone_mode=False)


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    for path in make_reports(*(given or [Path("reports")])):
        sys.stdout.write(f"{path}\n")
