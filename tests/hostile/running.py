"""Hostile files run in processes of their own, so that a hang or a full memory is seen outside."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from tests.hostile.flipped import flipped
from tests.hostile.handmade import Hostile, handmade
from tests.hostile.workplace import KINDS, Workplace

__all__ = ["child", "files", "run"]

SECONDS = 20.0
BYTES = 2 << 30
_START = 300.0
"""Seconds for a process to begin, on a busy machine."""


def files(place: Workplace, count: int, seed: int) -> list[Hostile]:
    """The files made by hand, then so many changed ones."""
    valid = {kind: place.original(kind).read_bytes() for kind in KINDS}
    return [*handmade(valid, place.root), *flipped(valid, count, seed)]


def child(count: int, seed: int, step: int, first: int) -> None:
    """Run every so many of the files, from the first on; a line of JSON for each on stdout."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3 * BYTES, 3 * BYTES))
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w", buffering=1)
    with tempfile.TemporaryDirectory(prefix="hostile_") as folder:
        place = Workplace(Path(folder))
        found = files(place, count, seed)
        out.write(json.dumps({"files": len(found)}) + "\n")
        for number in range(first, len(found), step):
            one = found[number]
            out.write(json.dumps({"start": number, "file": f"{one.kind}: {one.name}"}) + "\n")
            start = perf_counter()
            with place.holding(one.kind, one.suffix, one.content):
                ended = list(place.commands(one.kind))
            out.write(
                json.dumps(
                    {
                        "done": number,
                        "ended": ended,
                        "seconds": perf_counter() - start,
                        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                    }
                )
                + "\n"
            )


def run(count: int, seed: int, *, step: int = 1) -> Iterator[tuple[str, list[str]]]:
    """Each file that was run, and what was wrong with it."""
    first, total = 0, None
    while total is None or first < total:
        words = [str(word) for word in (count, seed, step, first)]
        command = [sys.executable, "-m", "tests.hostile", "--child", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            total = None
            name = "the start"
            for line in _lines(process):
                if "files" in line:
                    total = line["files"]
                elif "start" in line:
                    name, first = line["file"], line["start"] + step
                else:
                    yield name, faults(line)
                    name = ""
            process.kill()
            said = process.stderr.read().decode(errors="replace")[-500:]
        if name:
            yield name, [f"the process ended or hung for {SECONDS:.0f} s: {said}"]
        elif total is None or first < total:
            yield "the process", [f"it ended early: {said}"]
            return
        if total is None:
            return


def faults(line: dict) -> list[str]:
    """What a run may not do."""
    found = []
    for code, printed in line["ended"]:
        if code not in (0, 2) or "Traceback" in printed:
            found.append(f"exit code {code}: {printed[-400:]}")
        elif len(printed) > 20_000:
            found.append(f"a message of {len(printed)} characters: {printed[:200]}")
    if line["seconds"] > SECONDS:
        found.append(f"{line['seconds']:.1f} s")
    if line["bytes"] > BYTES:
        found.append(f"{line['bytes'] / 2**30:.1f} GiB")
    return found


def _lines(process: subprocess.Popen) -> Iterator[dict]:
    """Lines as they come; ends where none comes for too long."""
    buffer, wait = b"", _START
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(wait):
            block = os.read(process.stdout.fileno(), 1 << 16)
            if not block:
                return
            *lines, buffer = (buffer + block).split(b"\n")
            for line in lines:
                yield json.loads(line)
                wait = 2 * SECONDS
