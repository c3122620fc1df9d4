"""Make the README's picture from the view itself: `make picture`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import bertviz_plus as bp
from tests.browser.attention_view import tokens, wait_until_drawn
from tests.browser.chromium import launch
from tests.browser.network import watched

TEXT = "The animal didn't cross the street because it was too tired."
WORD = "it"


def main() -> None:
    target = Path(sys.argv[1])
    trace = bp.load().trace(TEXT)
    view = bp.AttentionView(trace, layer=3, theme="light")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "view.html"
        view.export_html(page_file)
        browser = launch(playwright)
        watch = watched(browser, viewport={"width": 900, "height": 700}, device_scale_factor=1.5)
        page = watch.page()
        page.goto(page_file.as_uri())
        shown = wait_until_drawn(page)
        tokens(shown).nth(trace.tokens.index(WORD)).hover()
        page.wait_for_timeout(600)
        shown.screenshot(path=target)
        browser.close()
    print(f"    {target}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
