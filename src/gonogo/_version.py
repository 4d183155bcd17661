"""The version, in the one place that packaging and documents read it from."""

__all__ = ["__version__"]

__version__ = "0.1.0"
