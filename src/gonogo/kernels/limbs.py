"""How region weights are split; see :mod:`gonogo.states.weights`."""

from __future__ import annotations

__all__ = ["LIMB_BITS"]

LIMB_BITS = 31
"""Compiled into :mod:`gonogo.kernels.bins`: whoever changes it changes a line there, too, because
kept machine code is made anew for a changed file only.

Bits of the low limb of a weight, and of the high one: together it has twice as many."""
