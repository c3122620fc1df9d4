"""The language view's exported page, opened from a file in a browser that reaches nothing."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from bertviz_plus.traces.sentences import Sentences
from bertviz_plus.views.senses import LanguageView
from tests.browser.network import Watched
from tests.browser.sense_view import ShownSenses, shown_senses

pytestmark = pytest.mark.browser

# What the languages are shifted by is far more than what sentences mean.
SHIFT = 30


def shifted(seed: int = 0, n: int = 12) -> LanguageView:
    random = np.random.default_rng(seed)
    meaning = random.normal(size=(3, n, 16))
    vectors = {
        name: meaning + random.normal(scale=0.3, size=meaning.shape) + SHIFT * random.normal(size=(1, 1, 16))
        for name in ("en", "de", "ja")
    }
    texts = {name: [f"{name} sentence {k}" for k in range(n)] for name in vectors}
    return LanguageView(Sentences.from_vectors(vectors, texts), progress=False, hidden_layer=2)


@pytest.fixture
def shown(watch: Watched, tmp_path: Path) -> ShownSenses:
    view = shifted()
    view.pinned = next(k for k in range(36) if not all(view.found_translation(k, centred=False).values()))
    view.export_html(tmp_path / "view.html")
    page = watch.page()
    page.set_viewport_size({"width": 960, "height": 900})
    page.goto((tmp_path / "view.html").as_uri())
    return shown_senses(page)


def test_taking_the_means_away_finds_translations_with_no_kernel(shown: ShownSenses) -> None:
    foot = shown.root.locator(".bvp-foot")
    expect(shown.root.get_by_role("heading", name="Nearest in each other language")).to_be_visible()
    expect(shown.rows).to_have_count(2)
    expect(foot).to_contain_text("of 2 translations")
    assert "✗" in "".join(shown.root.locator(".bvp-cosine").all_text_contents())
    expect(shown.caption).to_contain_text("ring: the translation that was not found")
    means = shown.root.get_by_role("group", name="Language means")
    expect(means.get_by_role("button", name="left in")).to_have_attribute("aria-pressed", "true")
    means.get_by_role("button", name="subtracted").click()
    expect(foot).to_contain_text("2 of 2 translations")
    assert all(text.endswith("✓") for text in shown.root.locator(".bvp-cosine").all_text_contents())
    expect(shown.caption).to_contain_text("centred PCA keeps")


def test_the_curves_are_of_the_picture_in_view(shown: ShownSenses) -> None:
    slider = shown.root.get_by_role("slider", name="Hidden layer")

    expect(slider).to_have_attribute(
        "aria-valuetext", re.compile(r"translation found .*means subtracted 1\.00")
    )
    shown.root.get_by_role("button", name="subtracted").click()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"translation found 1\.00"))


def test_sentences_are_called_sentences(shown: ShownSenses) -> None:
    assert "occurrence" not in shown.root.inner_text()
    expect(shown.caption).to_contain_text("12 sentences in each of en, de and ja")
    shown.root.press("Escape")
    expect(shown.reading).to_contain_text("Point at a mark to read its sentence")
    expect(shown.root.locator(".bvp-list")).to_contain_text("Typical of each language")
