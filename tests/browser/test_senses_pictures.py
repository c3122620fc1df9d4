"""The picture that stands in for a sense view is the view's own picture."""

from pathlib import Path

import pytest

import bertviz_plus as bp
from tests.browser.network import Watched
from tests.browser.sense_samples import hard
from tests.browser.sense_view import shown_senses
from tests.browser.test_pictures import WIDTH, grey, picture_bytes, similarity

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bank() -> bp.Occurrences:
    return bp.occurrences(bp.load(), "bank", bp.sense_sentences("bank"), progress=False)


def likeness(view: bp.SenseView, watch: Watched, folder: Path) -> float:
    """Structural similarity of the page's screenshot and the picture that a notebook stores."""
    path = folder / "view.html"
    view.export_html(path)
    page = watch.page()
    page.set_viewport_size({"width": WIDTH + 32, "height": 900})
    page.goto(path.as_uri())
    seen = grey(shown_senses(page).root.screenshot())
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return similarity(seen, grey(picture_bytes(data["image/png"])))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("layer", [0, 6])
def test_the_fallback_looks_like_the_view(
    bank: bp.Occurrences, layer: int, theme: str, watch: Watched, tmp_path: Path
) -> None:
    view = bp.SenseView(bank, hidden_layer=layer, theme=theme, progress=False)
    assert likeness(view, watch, tmp_path) >= 0.8


def test_the_fallback_shows_what_is_pinned_selected_and_muted(
    bank: bp.Occurrences, watch: Watched, tmp_path: Path
) -> None:
    view = bp.SenseView(bank, hidden_layer=4, theme="light", progress=False)
    view.pinned = 5
    assert likeness(view, watch, tmp_path) >= 0.8
    view.pinned = -1
    view.search = "water"
    assert likeness(view, watch, tmp_path) >= 0.8
    view.search = ""
    view.muted = ["river"]
    assert likeness(view, watch, tmp_path) >= 0.8


def test_the_fallback_of_hard_texts_looks_like_the_view(watch: Watched, tmp_path: Path) -> None:
    view = bp.SenseView(hard(), theme="light", progress=False)
    assert likeness(view, watch, tmp_path) >= 0.8
