"""The picture that stands in for a view is the view's own picture."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page
from skimage.metrics import structural_similarity

import bertviz_plus as bp
from tests.browser.attention_view import wait_until_drawn
from tests.browser.network import Watched
from tests.browser.samples import SAMPLES

pytestmark = pytest.mark.browser
WIDTH = 960


def grey(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"))


def screenshot(page: Page, path: Path) -> bytes:
    page.goto(path.as_uri())
    view = wait_until_drawn(page)
    # Changes are animated for a quarter of a second.
    page.wait_for_timeout(500)
    return view.screenshot()


def similarity(first: np.ndarray, second: np.ndarray) -> float:
    """Structural similarity of what both pictures have, aligned at the top left, at the smaller scale."""
    height, width = np.minimum(first.shape, second.shape)
    return float(structural_similarity(first[:height, :width], second[:height, :width]))


@pytest.mark.parametrize("mode", ["heads", "overview", "matrix"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_fallback_looks_like_the_view(mode: str, sample: str, watch: Watched, tmp_path: Path) -> None:
    view = bp.AttentionView(SAMPLES[sample](), mode=mode, theme="light")
    path = tmp_path / "view.html"
    view.export_html(path)
    page = watch.page()
    page.set_viewport_size({"width": WIDTH + 32, "height": 900})
    seen = grey(screenshot(page, path))
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    drawn = grey(picture_bytes(data["image/png"]))
    assert similarity(seen, drawn) >= 0.8


def picture_bytes(picture: bytes | str) -> bytes:
    import base64

    return base64.b64decode(picture) if isinstance(picture, str) else picture
