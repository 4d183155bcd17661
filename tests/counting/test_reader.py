"""Images are read a few ahead, and each in the size that its masks or those of all give."""

from __future__ import annotations

import numpy as np

from gonogo.counting import ImageReader
from gonogo.types import Settings
from tests.counting.images import Counted


def test_only_a_few_images_are_read_ahead():
    """Memory holds some maps for each thread, however many there are."""
    with ImageReader({}, Settings(), threads=2) as reading:
        submitted = []
        submit = reading.pool.submit
        reading.pool.submit = lambda work, place: submitted.append(place) or submit(work, place)
        ahead = reading.ahead(range(100), lambda place: place)
        assert next(ahead) == (0, 0)
        assert submitted == list(range(5))
        assert list(ahead) == [(place, place) for place in range(1, 100)]


def test_empty_masks_of_normal_images_tell_no_size_to_others():
    """What a later image is brought to does not depend on which normal ones came before."""
    mask = np.zeros((8, 8), bool)
    mask[2, 2] = True
    sources = {
        0: Counted("anomalous", None, np.ones((4, 4)), mask),
        1: Counted("normal", False, np.ones((4, 4)), np.zeros((6, 6), bool)),
        2: Counted("bare", False, np.ones((4, 4)), None),
    }
    with ImageReader(sources, Settings(resize="nearest"), threads=1) as reading:
        rows = [one.row for place in (0, 1, 2) for _, one in reading.observed([place])]
    assert [(row.height, row.width) for row in rows] == [(8, 8), (6, 6), (8, 8)]
