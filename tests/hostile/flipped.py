"""Valid files with some bytes changed, seeded: the same number gives the same files."""

from __future__ import annotations

import random

from tests.hostile.handmade import Hostile, pictures

__all__ = ["flipped"]


def flipped(valid: dict[str, bytes], count: int, seed: int) -> list[Hostile]:
    """So many files, evenly of every image in ``pictures`` and of the other files by kind."""
    images = pictures()
    others = {
        kind: content
        for kind, content in valid.items()
        if kind not in ("map", "mask", "photograph")
    }
    originals = [*images, *((kind, kind, "", content) for kind, content in others.items())]
    made = []
    for number in range(count):
        kind, name, suffix, content = originals[number % len(originals)]
        generator = random.Random(f"{seed} {number}")
        made.append(
            Hostile(kind, f"{name}, changed {number}", suffix, _changed(content, generator))
        )
    return made


def _changed(content: bytes, generator: random.Random) -> bytes:
    changed = bytearray(content)
    how = generator.randrange(10)
    start = generator.randrange(len(changed))
    length = generator.randint(1, 64)
    if how == 0:
        return bytes(changed[:start])
    if how == 1:
        del changed[start : start + length]
    elif how == 2:
        changed[start:start] = changed[start : start + length]
    elif how == 3:
        changed[start : start + length] = generator.choice([b"\0", b"\xff"]) * length
    else:
        # Heads are short and hold what matters, so that half of the changes are in them.
        head = min(len(changed), 256) if how < 7 else len(changed)
        for _ in range(generator.randint(1, 6)):
            changed[generator.randrange(head)] ^= 1 << generator.randrange(8)
    return bytes(changed)
