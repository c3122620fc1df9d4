"""Chromium with the network blocked and JupyterLab: started once, a fresh context for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launch
from tests.browser.jupyterlab import JupyterLab
from tests.browser.network import Watched, watched


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Watched]:
    """A context of its own, in which nothing outside this machine may be asked for and no error shown."""
    watch = watched(browser)
    yield watch
    watch.context.close()
    assert watch.refused == []
    assert watch.errors == []


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    with JupyterLab(tmp_path_factory.mktemp("lab") / "server") as lab:
        yield lab
