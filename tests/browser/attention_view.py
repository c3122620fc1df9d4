"""An attention view on a page: whether it has drawn, its tokens and its tabs."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.shadow import ALL

# A canvas is drawn on when it has pixels that differ from its first; a blank or a filled one has none.
DRAWN = (
    f"(root) => ({ALL})('.bvp canvas', root ?? document)"
    """.some((canvas) => {
  if (!canvas.width || !canvas.height || !canvas.checkVisibility({ visibilityProperty: true })) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(data.buffer);
  let marks = 0;
  for (const pixel of pixels) if (pixel !== pixels[0] && ++marks > 50) return true;
  return false;
})"""
)


def wait_until_drawn(page: Page, timeout: float = 20_000) -> Locator:
    """Wait for marks on a view's canvas and return the view."""
    page.wait_for_function(DRAWN, arg=None, timeout=timeout)
    return page.locator(".bvp").first


def tokens(view: Locator, side: str = "from") -> Locator:
    """The token texts of one side in heads mode."""
    return view.locator(f".bvp-{side} .bvp-token")


def choose(view: Locator, mode: str) -> None:
    """Press a mode's tab and wait until it is the one shown."""
    view.get_by_role("tab", name=mode).click()
    expect(view.get_by_role("tab", name=mode, selected=True)).to_be_visible()
