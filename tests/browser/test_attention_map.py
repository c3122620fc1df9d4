"""One pair pinned becomes a map of every head, a click opens one, and the way leads back."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

import bertviz_plus as bp
from tests.browser.attention_view import choose, tokens, wait_until_drawn
from tests.browser.network import Watched
from tests.views.test_attention_statistics import read

pytestmark = pytest.mark.browser
TEXT = "The animal didn't cross the street because it was too tired."


def test_a_pair_is_pinned_mapped_opened_and_let_go(watch: Watched, tmp_path: Path) -> None:
    trace = bp.load().trace(TEXT)
    it, animal = (trace.tokens.index(token) for token in ("it", "animal"))
    best = bp.pair_weights(trace, it, animal).iloc[0]
    name = f"{best['layer']:.0f}-{best['head']:.0f}"
    path = bp.AttentionView(trace).export_html(tmp_path / "view.html")
    page = watch.page()
    page.goto(path.as_uri())
    view = wait_until_drawn(page)
    caption, reading = view.locator(".bvp-caption"), view.locator(".bvp-reading")
    tokens(view, "from").nth(it).click()
    tokens(view, "to").nth(animal).click()
    expect(reading).to_contain_text("Overview: this pair in every head")
    choose(view, "Overview")
    expect(caption).to_contain_text("it → animal")
    expect(view.locator(".bvp-pair .bvp-bars").first).to_contain_text(f"{name}{best['weight']:.2f}")
    cell = view.get_by_role("gridcell", name=f"layer {best['layer']:.0f}, head {best['head']:.0f}:")
    cell.hover()
    expect(reading).to_contain_text(f"it → animal: weight {best['weight']:.2f} ± 0.002 (even spread")
    cell.click()
    expect(view.get_by_role("tab", name="Heads", selected=True)).to_be_visible()
    expect(caption).to_contain_text(f"layer {best['layer']:.0f}, head {best['head']:.0f}")
    page.keyboard.press("Escape")
    expect(view.get_by_role("tab", name="Overview", selected=True)).to_be_visible()
    expect(caption).to_contain_text("it → animal")
    page.keyboard.press("Escape")
    expect(caption).not_to_contain_text("it → animal")


def test_a_dossier_opens_by_key_and_closes(watch: Watched, tmp_path: Path) -> None:
    weights = np.full((2, 2, 4, 4), 0.25)
    trace = bp.Trace.from_attention(weights, ["[CLS]", "hello", "there", "[SEP]"])
    statistics = bp.HeadStatistics(similarity=True)
    statistics.update(trace)
    view = bp.AttentionView(trace, mode="overview", statistics=statistics)
    path = view.export_html(tmp_path / "view.html")
    page = watch.page()
    page.goto(path.as_uri())
    drawn = wait_until_drawn(page)
    panel = drawn.locator(".bvp-statistics")
    expect(panel.get_by_role("button", name="heterogeneous")).to_contain_text("4 heads")
    drawn.locator(".bvp-cell").nth(1).focus()
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("layer 0, head 1: heterogeneous")
    expect(panel).to_contain_text("1.39 nats")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("button", name="heterogeneous")).to_be_visible()


def test_relations_colour_filter_and_stand_in_the_dossier(watch: Watched, tmp_path: Path) -> None:
    trace, scores, best = read()
    view = bp.AttentionView(trace, mode="overview", relations=(scores, best))
    packed = view.data["statistics"]
    page = watch.page()
    page.goto(view.export_html(tmp_path / "view.html").as_uri())
    drawn = wait_until_drawn(page)
    panel, reading = drawn.locator(".bvp-statistics"), drawn.locator(".bvp-reading")
    first = packed["columns"]["relation"]["classes"][0]["name"]
    one = panel.get_by_role("button", name=first)
    one.click()
    expect(panel.get_by_role("button", name=first)).to_have_attribute("aria-pressed", "true")
    place = next(at for at, lines in enumerate(packed["relations"]) if lines)
    relation, _, accuracy, offset, *_ = packed["relations"][place][0]
    drawn.locator(".bvp-cell").nth(place).hover()
    expect(reading).to_contain_text(f"best relation {relation}")
    drawn.locator(".bvp-cell").nth(place).click()
    expect(panel).to_contain_text("follows better than a fixed offset")
    expect(panel).to_contain_text(f"{relation}")
    expect(panel).to_contain_text(f"{accuracy:.0%}offset {'+' if offset > 0 else '−'}{abs(offset)}")
