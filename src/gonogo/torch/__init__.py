"""Counting where the tensors are. Torch is imported when the first of these is called."""

from gonogo.torch.counting import BatchCounts, count_maps, keys_of

__all__ = ["BatchCounts", "count_maps", "keys_of"]
