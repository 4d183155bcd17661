"""The Evaluator where anomalib 2 has it."""

from typing import Any

from gonogo.compat.anomalib.absent import not_here

__all__ = ["Evaluator"]

Evaluator: type[Any]


def __getattr__(name: str) -> Any:
    if name != "Evaluator":
        raise not_here(__name__, name)
    # Made when it is asked for: it needs Lightning, and whether anomalib is there is known then.
    from gonogo.compat.anomalib.evaluator import evaluator_class

    return evaluator_class()
