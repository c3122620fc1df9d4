"""Skips a test where a bundled model is not installed, saying which package is missing."""

import pytest

from bertviz_plus.models.loading.bundled import find_bundled, installed_version
from bertviz_plus.models.loading.load import load
from bertviz_plus.models.model import Model


def need(name: str) -> Model:
    """Load a bundled model, or skip the test."""
    bundled = find_bundled(name)
    assert bundled is not None
    if installed_version(bundled) is None:
        only = f", which exists for {bundled.only_on} only" if bundled.only_on else ""
        pytest.skip(f"{bundled.package}{only}, is not installed: {bundled.pip_line}")
    return load(name)
