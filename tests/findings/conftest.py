"""Models that several modules measure, read once."""

from collections.abc import Iterator

import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.models.model import Model


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    # Models this small run slower on several threads, and slower still beside other tests.
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny() -> Model:
    return bp.load("bert-tiny")


@pytest.fixture(scope="session")
def multi() -> Model:
    return bp.load("multilingual-e5-small")
