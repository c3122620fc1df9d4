"""Make the README's pictures from the views themselves: `make picture`."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, sync_playwright

import bertviz_plus as bp
from tests.browser.alignment_view import word
from tests.browser.attention_view import tokens, wait_until_drawn
from tests.browser.chromium import launch
from tests.browser.network import watched
from tests.browser.sense_view import shown_senses

TEXT = "The animal didn't cross the street because it was too tired."
ENGLISH, GERMAN = "He picks up the phone every evening .", "Er nimmt jeden Abend das Telefon ab ."
GOLD = "0-0 1-1 2-6 1?6 2?1 3-4 4-5 5-2 6-3 7-7"

Hand = Callable[[Locator], None]


def heads() -> tuple[Any, Hand]:
    trace = bp.load().trace(TEXT)
    place = trace.tokens.index("it")
    return bp.AttentionView(trace, layer=3, theme="light"), lambda view: tokens(view).nth(place).hover()


def senses() -> tuple[Any, Hand]:
    model = bp.load()
    spring = bp.occurrences(model, "spring", bp.sense_sentences("spring"), progress=False)

    def point(view: Locator) -> None:
        view.page.mouse.move(*shown_senses(view.page).marks()[30])

    return bp.SenseView(spring, theme="light", progress=False), point


def alignment() -> tuple[Any, Hand]:
    multi = bp.load("multilingual-e5-small")
    languages = ("en", "de")
    view = bp.AlignmentView.of(
        multi, ENGLISH, GERMAN, gold=GOLD, languages=languages, theme="light", progress=False
    )
    return view, lambda shown: word(shown, "source", 1).hover()


PICTURES: dict[str, Callable[[], tuple[Any, Hand]]] = {
    "heads": heads,
    "senses": senses,
    "alignment": alignment,
}


def main() -> None:
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = launch(playwright)
        watch = watched(browser, viewport={"width": 900, "height": 700}, device_scale_factor=1.5)
        for name, make in PICTURES.items():
            view, use = make()
            page_file = Path(scratch) / f"{name}.html"
            view.export_html(page_file)
            page = watch.page()
            page.goto(page_file.as_uri())
            shown = wait_until_drawn(page)
            use(shown)
            page.wait_for_timeout(600)
            target = folder / f"{name}.png"
            shown.screenshot(path=target)
            print(f"    {target}: {target.stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
