"""How far a number of a sample may be from the one it stands for."""

from gonogo.uncertainty.clopper_pearson import interval, lower_bound, upper_bound

__all__ = ["interval", "lower_bound", "upper_bound"]
