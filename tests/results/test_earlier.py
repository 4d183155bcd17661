"""Files of an earlier run are found by the names that its images.csv holds."""

import numpy as np
import pytest

import gonogo
from gonogo.results.earlier import files_of_run


@pytest.mark.parametrize("name", ["a.png", "=a.png", "-c.png", "'=b.png", "'a.png"])
def test_pictures_and_thresholds_of_any_name_are_found(tmp_path, name):
    masks = np.zeros((2, 4, 4), bool)
    masks[1, 0, 0] = True
    result = gonogo.evaluate(masks * 0.5, masks, names=[name, "z.png"])
    run = gonogo.Run({"=bottle": result, "grass": result}, result.settings)
    run.save(tmp_path)
    theirs = [tmp_path / "images" / name, tmp_path / "=bottle" / "threshold-image.json"]
    other = tmp_path / "images" / "mine.png"
    for path in (*theirs, other):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    assert files_of_run(tmp_path) == set(theirs)
    run.save(tmp_path, force=True)
    assert other.exists()
    assert not any(path.exists() for path in theirs)


@pytest.mark.parametrize(
    "content", ["", "name\na\n", "category,name\na\n", 'category,name\na,"b\n']
)
def test_what_cannot_be_read_names_no_file(tmp_path, content):
    (tmp_path / "images.csv").write_text(content)
    assert files_of_run(tmp_path) == set()
    (tmp_path / "images.csv").write_bytes(b"category,name\n\0,\0\n\xff,..\n")
    assert files_of_run(tmp_path) == set()
