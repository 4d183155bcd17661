"""The place that ``anomalib.utils.metrics`` of 0.x has its name from."""

__all__: list[str] = []
