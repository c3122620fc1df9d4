"""What was asked is one object, which is saved and read as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bertviz_plus.traces.asked import Asked
from tests.views.masked_samples import asked_of


def test_it_comes_back_from_a_file_as_it_was(tmp_path: Path) -> None:
    asked = asked_of()
    asked.save(tmp_path / "robin.asked")
    found = Asked.load(tmp_path / "robin.asked")
    assert (found.text, found.task, found.mask, found.model) == (asked.text, "mask", "[MASK]", asked.model)
    assert len(found.answers) == len(asked.answers) > 3
    for ours, theirs in zip(asked.answers, found.answers, strict=True):
        assert ours._content() == theirs._content()
        own, other = ours._arrays(), theirs._arrays()
        assert own.keys() == other.keys()
        assert all(np.array_equal(own[name], other[name]) for name in own)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("no")
    with pytest.raises(ValueError, match="is no asked, or is damaged"):
        Asked.load(tmp_path / "a")


def test_parts_that_do_not_fit_are_refused() -> None:
    asked = asked_of()
    with pytest.raises(ValueError, match=r"probabilities must have the shape \[10\], got \[3\]"):
        replace(asked.first, probabilities=[0.1] * 3)
    with pytest.raises(ValueError, match=r"lens must have the shape \[7, 10\]"):
        replace(asked.first, lens=np.ones((2, 10)))
    with pytest.raises(ValueError, match="a number for each of the 7 words"):
        replace(asked, answers=(replace(asked.first, attributions={"occlusion": [1.0]}),))
    with pytest.raises(ValueError, match="must begin with that of the sentence itself"):
        replace(asked, answers=asked.answers[1:])
    with pytest.raises(ValueError, match="different edits"):
        replace(asked, answers=(asked.first, asked.first))
    with pytest.raises(ValueError, match="task must be one of"):
        replace(asked, task="middle")


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        asked_of().first.probabilities[0] = 1
