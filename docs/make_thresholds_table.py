"""The tables of thresholds.md: what each policy achieves on DeepPCB with the model ``difference``.

Run as ``python docs/make_thresholds_table.py DEEPPCB``, where that folder holds the ground truth in
MVTec AD's layout and the maps of the model in ``maps/difference``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from gonogo.deployment import sample_in
from gonogo.shown import shown_threshold
from gonogo.thresholds import Rate, ThresholdLevel, parse_policy, threshold_of

POLICIES: dict[ThresholdLevel, list[tuple[str, float | None]]] = {
    "image": [
        ("f1", None),
        ("fbeta=2", None),
        ("youden", None),
        ("corner", None),
        ("recall>=1", None),
        ("recall>=0.95", 0.95),
        ("precision>=0.99", None),
        ("precision>=0.9", 0.95),
        ("fpr<=0.05", None),
        ("fpr<=0.1", 0.95),
        ("conformal=0.05", None),
        ("quantile=0.9", None),
        ("max", None),
        ("sigma=1", None),
        ("mad=3", None),
        ("cost=10:1", None),
        ("cost=10:1@0.02", None),
    ],
    "pixel": [
        ("f1", None),
        ("fbeta=2", None),
        ("youden", None),
        ("corner", None),
        ("recall>=0.95", None),
        ("recall>=0.95", 0.95),
        ("precision>=0.4", None),
        ("precision>=0.4", 0.95),
        ("fpr<=0.001", None),
        ("fpr<=0.001", 0.95),
        ("conformal=0.001", None),
        ("quantile=0.995", None),
        ("max", None),
        ("sigma=3", None),
        ("mad=3", None),
        ("cost=10:1", None),
    ],
}


def tables(folder: Path) -> Iterator[str]:
    """A Markdown table for each level."""
    for level, policies in POLICIES.items():
        sample, _, _ = sample_in(folder / "maps" / "difference", level=level, ground_truth=folder)
        counts = f"{sample.normals} normal and {sample.anomalies} anomalous {level}s"
        lines = [
            f"{level.capitalize()} level, {counts}:",
            "",
            "| policy | confidence | threshold | FPR | 95 % interval | recall | 95 % interval |",
            "|---|---|---|---|---|---|---|",
        ]
        for text, confidence in policies:
            found = threshold_of(sample, parse_policy(text), level=level, confidence=confidence)
            sure = "" if confidence is None else f"{confidence:g}"
            cells = [f"`{text}`", sure, shown_threshold(found.value, found.next_lower)]
            cells += [*_cells(found.achieved.fpr), *_cells(found.achieved.recall)]
            lines.append(f"| {' | '.join(cells)} |")
        yield "\n".join(lines) + "\n"


def _cells(rate: Rate) -> tuple[str, str]:
    low, high = rate.interval
    return f"{rate.value:.4g}", f"{low:.4g} to {high:.4g}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables(Path(sys.argv[1]))))
