"""Counting a stream of images: a state takes batches, merges, is saved, and gives a result."""

from gonogo.state.state import State

__all__ = ["State"]
