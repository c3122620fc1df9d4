"""Whether a view has drawn something."""

from playwright.sync_api import Locator, Page

# A canvas is drawn on when it has pixels that differ from its first; a blank or a filled one has none.
DRAWN = """(root) => [...(root ?? document).querySelectorAll(".bvp canvas")].some((canvas) => {
  if (!canvas.width || !canvas.height || !canvas.checkVisibility()) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(data.buffer);
  let marks = 0;
  for (const pixel of pixels) if (pixel !== pixels[0] && ++marks > 50) return true;
  return false;
})"""


def wait_until_drawn(page: Page, timeout: float = 20_000) -> Locator:
    """Wait for marks on a view's canvas and return the view."""
    page.wait_for_function(DRAWN, arg=None, timeout=timeout)
    return page.locator(".bvp").first
