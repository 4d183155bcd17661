"""A data set of real textures with painted defects, and a small detector: something to evaluate."""

from gonogo.demo.defects import DEFECTS, Painted, paint
from gonogo.demo.detector import PatchCore
from gonogo.demo.folder import DemoFolder
from gonogo.demo.run import build
from gonogo.demo.samples import Loader, Sample, evaluation_set, training_set
from gonogo.demo.textures import CATEGORIES

__all__ = [
    "CATEGORIES",
    "DEFECTS",
    "DemoFolder",
    "Loader",
    "Painted",
    "PatchCore",
    "Sample",
    "build",
    "evaluation_set",
    "paint",
    "training_set",
]
