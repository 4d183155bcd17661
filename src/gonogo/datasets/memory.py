"""How much memory there is for one more image, as far as the system says."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

__all__ = ["available_memory", "total_memory"]

_CGROUP = Path("/sys/fs/cgroup")


def available_memory() -> int | None:
    """Bytes that this process may still take: of the machine, its container and its own limit.

    None where the system says nothing of them.
    """
    found = (_of_machine("MemAvailable"), _left_of_container(), _left_of_process())
    return min((one for one in found if one is not None), default=None)


def total_memory() -> int | None:
    """Bytes that this process could take if nothing else took any; constant on one machine.

    None where the system says nothing of them.
    """
    found = (_of_machine("MemTotal"), _limit_of_container(), _limit_of_process())
    return min((one for one in found if one is not None), default=None)


def _of_machine(field: str) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return None


def _limit_of_container() -> int | None:
    with suppress(OSError, ValueError):  # "max" is none
        return int((_CGROUP / "memory.max").read_text(encoding="ascii"))
    return None


def _left_of_container() -> int | None:
    limit = _limit_of_container()
    with suppress(OSError, ValueError):
        if limit is not None:
            return limit - int((_CGROUP / "memory.current").read_text(encoding="ascii"))
    return None


def _limit_of_process() -> int | None:
    with suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        return None if limit == resource.RLIM_INFINITY else limit
    return None


def _left_of_process() -> int | None:
    limit = _limit_of_process()
    with suppress(ImportError, OSError, ValueError, IndexError):
        import resource

        if limit is not None:
            taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            return limit - taken * resource.getpagesize()
    return None
