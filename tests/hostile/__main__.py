"""``python -m tests.hostile``: every hostile file, and 2,000 that are changed in some bytes."""

from __future__ import annotations

import argparse
import sys

from tests.hostile.running import child, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many changed files")
    parser.add_argument("--seed", type=int, default=0, help="of the changes")
    parser.add_argument("--step", type=int, default=1, help="every so many of all files")
    parser.add_argument("--child", nargs=4, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return 0
    total = bad = 0
    for name, faults in run(options.count, options.seed, step=options.step):
        total += 1
        bad += bool(faults)
        for fault in faults:
            print(f"{name}: {fault}", flush=True)
    print(f"{total} files, {bad} of them with faults")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
