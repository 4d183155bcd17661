"""Compiled loops. Import late: numba takes longer to load than the rest of gonogo."""

__all__: list[str] = []
