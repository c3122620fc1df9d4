"""Every text architecture of transformers: what a trace shows is what the model computes, or it says no.

`architecture_outcomes` tries each on a tiny random model; `architectures_table` writes what came of it.
"""

import re
from collections.abc import Iterator

import pytest
import torch
import transformers

from tests.models.architecture_outcomes import LeftOutError, outcome_of
from tests.models.architectures_table import TABLE, row_of
from tests.models.every_architecture import text_types

# Those that take seconds: many parameters in spite of shrinking.
SLOW = {"dots3_note_text"}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for one another take ten times as long as the arithmetic of a tiny model."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "model_type",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in text_types()],
)
def test_architectures_show_what_they_compute_or_say_why_not(model_type: str) -> None:
    """Hidden states and attention are the model's own, and the model is handed back as it came."""
    try:
        found = outcome_of(model_type)
    except LeftOutError as error:
        pytest.skip(f"no tiny model of it: {error}")
    assert not found.faults
    if transformers.__version__ in TABLE.read_text():
        assert row_of(model_type, found) in TABLE.read_text(), "python -m tests.models.architectures_table"


def test_most_architectures_give_attention_and_hidden_states() -> None:
    """Among them every family that existed when this was written: the table can only grow."""
    rows = re.findall(r"^\| `[^`]+` \| (\w+) \| (\w+) ", TABLE.read_text(), re.MULTILINE)
    assert len(rows) > 200
    assert sum(row == ("yes", "yes") for row in rows) > 170
