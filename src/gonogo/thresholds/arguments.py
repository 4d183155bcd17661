"""The numbers of a policy by name: a dict that stays as it is, and can therefore be hashed."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["Arguments"]


class Arguments(dict[str, float]):
    """Equal to a dict of the same; copied, pickled and written as JSON like one."""

    def _refused(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the arguments of a threshold cannot be changed; fit another one")

    __setitem__ = __delitem__ = __ior__ = _refused
    clear = pop = popitem = setdefault = update = _refused

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[Arguments], tuple[dict[str, float]]]:
        return Arguments, (dict(self),)
