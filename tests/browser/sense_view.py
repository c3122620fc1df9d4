"""A sense view on a page: where its marks are, what it says, and the hand that lassoes."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.attention_view import wait_until_drawn

# Places on the plot where a square of 5 pixels is of one colour that is not grey: marks, and no writing.
MARKS = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const ratio = width / canvas.clientWidth;
  const { left, top } = canvas.getBoundingClientRect();
  const colourAt = (x, y) => {
    const [r, g, b, a] = data.subarray(4 * (y * width + x));
    const spread = Math.max(r, g, b) - Math.min(r, g, b);
    return a > 150 && spread > 60 ? (r << 16) | (g << 8) | b : -1;
  };
  const part = (colour, bit) => (colour >> bit) & 255;
  const near = (one, other) =>
    [0, 8, 16].every((bit) => Math.abs(part(one, bit) - part(other, bit)) < 6);
  const found = [];
  for (let y = 2; y < height - 2; y++)
    for (let x = 2; x < width - 2; x++) {
      const colour = colourAt(x, y);
      if (colour < 0) continue;
      const isMark = [-2, 0, 2].every((i) => [-2, 0, 2].every((j) => {
        const other = colourAt(x + i, y + j);
        return other >= 0 && near(colour, other);
      }));
      const known = found.some((one) => Math.hypot(one.x - x, one.y - y) < 9 * ratio);
      if (isMark && !known) found.push({ x, y });
    }
  return found.map(({ x, y }) => [left + x / ratio, top + y / ratio]);
}"""


@dataclass(frozen=True)
class ShownSenses:
    """One sense view that has drawn."""

    page: Page
    root: Locator

    @property
    def plot(self) -> Locator:
        return self.root.locator(".bvp-plot")

    @property
    def reading(self) -> Locator:
        """The line that says what is pointed at."""
        return self.root.locator(".bvp-reading")

    @property
    def caption(self) -> Locator:
        return self.root.locator(".bvp-caption")

    @property
    def rows(self) -> Locator:
        """The sentences of the list."""
        return self.root.locator(".bvp-list .bvp-row")

    @property
    def legend(self) -> Locator:
        """The groups that can be switched off."""
        return self.root.locator(".bvp-legend button")

    @property
    def search(self) -> Locator:
        return self.root.get_by_role("searchbox")

    def settle(self) -> None:
        """Wait until nothing moves: a movement takes a quarter of a second."""
        self.page.wait_for_timeout(600)

    def marks(self) -> list[tuple[float, float]]:
        """Where marks are on the page, in CSS pixels, those that lie one over another once."""
        self.plot.scroll_into_view_if_needed()
        return [(x, y) for x, y in self.root.locator(".bvp-points").evaluate(MARKS)]

    def shows_layer(self, layer: int) -> None:
        """Wait until the caption, the picker and the slider name a layer."""
        expect(self.caption).to_contain_text(f"layer {layer}")
        expect(self.root.get_by_role("slider")).to_have_attribute("aria-valuenow", str(layer))
        chosen = self.root.get_by_role("group", name="Layer").get_by_role("button", pressed=True)
        expect(chosen.first).to_have_text(str(layer))

    def lasso(self, share: float = 1.0) -> None:
        """Draw around the left part of the plot, or around all of it."""
        self.plot.scroll_into_view_if_needed()
        box = self.plot.bounding_box()
        assert box
        left, top = box["x"] + 2, box["y"] + 2
        right, bottom = left + share * (box["width"] - 4), top + box["height"] - 4
        mouse = self.page.mouse
        mouse.move(left, top)
        mouse.down()
        for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
            mouse.move(x, y, steps=5)
        mouse.up()


def shown_senses(page: Page, place: int = 0, timeout: float = 20_000) -> ShownSenses:
    """Wait for a view's marks."""
    wait_until_drawn(page, timeout)
    root = page.locator(".bvp-senses").nth(place)
    expect(root.locator(".bvp-points")).to_be_visible(timeout=timeout)
    shown = ShownSenses(page, root)
    shown.settle()
    return shown
