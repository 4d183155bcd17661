"""A small data set with everything that gonogo writes about it, and the commands that read it.

Each kind of file has a place here; a hostile file takes that place while the commands of its kind
run, and the original comes back afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import tifffile
from PIL import Image
from typer.testing import CliRunner

import gonogo
from gonogo.cli.app import app
from gonogo.datasets import checkpoint

SIZE = (12, 16)
KINDS = (
    "map",
    "mask",
    "photograph",
    "scores",
    "images",
    "results",
    "curves",
    "threshold",
    "config",
    "state",
    "journal",
    "index",
    "plan",
    "counts",
    "seen",
)
NAMES = ("good/000", "good/001", "good/002", "hole/000", "hole/001")


class Workplace:
    """The folder of one process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.maps, self.truth, self.run = root / "maps", root / "truth", root / "run"
        self.threshold, self.config = root / "threshold.json", root / "config.yaml"
        self.scores, self.state = root / "scores.csv", root / "state.gonogo"
        self.unfinished, self.decided = root / "unfinished", root / "decided"
        self._data()
        self._written()

    def gonogo(self, *words: object) -> tuple[int, str]:
        """The exit code of a command, and all that it printed."""
        found = CliRunner().invoke(app, [str(word) for word in words], prog_name="gonogo")
        escaped = found.exception is not None and not isinstance(found.exception, SystemExit)
        printed = f"{found.output}\nTraceback: {found.exception!r}" if escaped else found.output
        return found.exit_code, printed

    def original(self, kind: str) -> Path:
        """The file whose place one of this kind takes."""
        return {
            "map": self.maps / "test/good/002.tiff",
            "mask": self.truth / "ground_truth/hole/001_mask.png",
            "photograph": self.truth / "test/good/002.png",
            "scores": self.scores,
            "images": self.run / "images.csv",
            "results": self.run / "results.json",
            "curves": self.run / "curves.npz",
            "threshold": self.threshold,
            "config": self.config,
            "state": self.state,
            "journal": self.decided / "progress.jsonl",
        }.get(kind) or next((self.unfinished / ".gonogo-checkpoint").rglob(f"{kind}*"))

    def commands(self, kind: str) -> Iterator[tuple[int, str]]:
        """What is run on a file of this kind, as exit codes and what was printed."""
        evaluate = ("evaluate", self.maps, self.truth)
        if kind in ("map", "mask"):
            yield self.gonogo(*evaluate, "--quiet")
            yield self.gonogo(*evaluate, "--on-error", "skip", "--json")
        elif kind == "photograph":
            out = self.root / "drawn"
            yield self.gonogo(*evaluate, "--out", out, "--pictures", "full", "--quiet")
            shutil.rmtree(out, ignore_errors=True)
        elif kind == "scores":
            yield self.gonogo(*evaluate, "--image-score", self.scores, "--quiet")
            yield self.gonogo("threshold", self.scores, "--policy", "max")
        elif kind in ("images", "results", "curves"):
            yield self.gonogo("threshold", self.run, "--policy", "f1")
            page = ("--out", self.root / "page.html", "--force", "--quiet")
            yield self.gonogo("report", self.run, *page)
            yield _called(gonogo.load, self.run)
        elif kind == "threshold":
            yield self.gonogo("apply", self.threshold, self.maps)
        elif kind == "config":
            yield self.gonogo("evaluate", "--config", self.config, "--quiet")
        elif kind == "state":
            yield _called(gonogo.State.load, self.state)
        elif kind == "journal":
            yield self.gonogo("apply", self.threshold, self.maps, "--out", self.decided)
        else:
            yield self.gonogo(*evaluate, "--out", self.unfinished, "--quiet")

    @contextmanager
    def holding(self, kind: str, suffix: str, content: bytes) -> Iterator[None]:
        """The hostile file in the place of the original, which is there again afterwards."""
        original = self.original(kind)
        # What a command may change is brought back as a whole.
        folder = next(
            (one for one in (self.unfinished, self.decided) if one in original.parents), None
        )
        kept = self.root / "kept"
        if folder is None:
            original.rename(kept)
        else:
            shutil.copytree(folder, kept)
            original.unlink()
        hostile = original.with_suffix(suffix) if suffix else original
        try:
            hostile.write_bytes(content)
            yield
        finally:
            hostile.unlink(missing_ok=True)
            if folder is None:
                kept.rename(original)
            else:
                shutil.rmtree(folder, ignore_errors=True)
                kept.rename(folder)

    def _data(self) -> None:
        generator = np.random.default_rng(7)
        for name in NAMES:
            scores = generator.random(SIZE, dtype=np.float32)
            drawn = np.zeros(SIZE, np.uint8)
            drawn[3:6, 4:9] = 255
            photograph = self.truth / f"test/{name}.png"
            for path in (self.maps / f"test/{name}.tiff", photograph):
                path.parent.mkdir(parents=True, exist_ok=True)
            if name.startswith("hole"):
                scores[drawn > 0] += 0.5
                mask = self.truth / f"ground_truth/{name}_mask.png"
                mask.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(drawn).save(mask)
            tifffile.imwrite(self.maps / f"test/{name}.tiff", scores)
            Image.fromarray((scores * 100).astype(np.uint8)).save(photograph)

    def _written(self) -> None:
        rows = [f"{name}.tiff,{0.1 * place}" for place, name in enumerate(NAMES)]
        self.scores.write_text("\n".join(["image,score", *rows]) + "\n")
        self.config.write_text(
            f"maps: {self.maps}\nground_truth: {self.truth}\nfpr_limits: [0.3, 0.05]\n"
            "threshold: f1\nnormalization: min_max\n"
        )
        for words in (
            ("evaluate", self.maps, self.truth, "--out", self.run),
            ("threshold", self.run, "-p", "f1", "--normalise", "min_max", "--out", self.threshold),
            ("apply", self.threshold, self.maps, "--out", self.decided),
        ):
            code, printed = self.gonogo(*words)
            if code:
                raise RuntimeError(printed)
        state = gonogo.State()
        state.update(np.arange(12.0).reshape(1, 3, 4), np.eye(3, 4, dtype=bool)[None])
        state.save(self.state)
        full = gonogo.InputError("run: cannot write there (No space left on device)")
        with (
            mock.patch.object(checkpoint, "EVERY", 0.0),
            mock.patch.object(checkpoint, "_SHARE", 0.0),
            mock.patch.object(gonogo.Run, "save", side_effect=full),
        ):
            self.gonogo("evaluate", self.maps, self.truth, "--out", self.unfinished)


def _called(function: Callable[[Path], object], path: Path) -> tuple[int, str]:
    """As a command would end: 0, or 2 with the message of an error that gonogo means."""
    try:
        function(path)
    except gonogo.GonogoError as error:
        return 2, str(error)
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        return 1, f"Traceback: {error!r}"
    return 0, ""
