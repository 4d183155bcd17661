"""Files whose names are too long to be written."""

from __future__ import annotations

import pytest

from gonogo.files import write_whole


def test_the_file_is_named_and_nothing_is_left(tmp_path):
    with pytest.raises(OSError, match="a" * 251 + ".tiff"):
        write_whole(tmp_path / ("a" * 251 + ".tiff"), b"content")
    assert list(tmp_path.iterdir()) == []
