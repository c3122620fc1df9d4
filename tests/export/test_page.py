"""The exported page: its own two scripts, the view's very state, and nothing that reaches out."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from bertviz_plus.export.output import read_bundle
from bertviz_plus.export.page import self_contained_page
from bertviz_plus.traces.tokens import visible_token
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.attention import AttentionView
from tests.browser.attention_view import wait_until_drawn
from tests.browser.samples import SAMPLES
from tests.export.stored import stored_in
from tests.views.samples import of_pair, of_queries, of_translation, softmax

FRONT_END = Path(__file__).parents[2] / "bertviz_plus" / "static" / "attention.js"
VOID = {"meta", "img", "link", "br", "hr", "input"}
HOSTILE = [
    "</script><script>globalThis.hacked = 1</script>",
    "<!--<script>",
    "]]>",
    "\u2028\u2029",
    "</STYLE><img src=x onerror='globalThis.hacked = 2'>",
    "{css}{{state}}%s",
]


class Outline(HTMLParser):
    """The elements of a page; the text of its scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(view, title=None):
    return self_contained_page(view, view.plate().fallback(), title)


TRACES = {**SAMPLES, "pair": of_pair, "translation": of_translation, "queries": of_queries}


@pytest.fixture(params=TRACES)
def view(request):
    return AttentionView(TRACES[request.param](), embed="all")


SCRIPTS = [{"type": "text/plain", "data-packed": None}, {"type": "text/plain", "data-changes": None}, {}]


def test_every_element_is_closed_and_one_script_runs(view):
    outline = Outline(page_of(view))
    assert outline.open == []
    assert outline.all("script") == SCRIPTS
    assert {tag for tag, _ in outline.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "div", "figure", "figcaption", "img", "script")
    }


def test_tokens_cannot_end_a_script_or_begin_one():
    trace = Trace.from_attention(softmax(1, 2, len(HOSTILE)), HOSTILE)
    page = page_of(AttentionView(trace), title="</title><script>")
    outline = Outline(page)
    assert outline.open == []
    assert outline.all("script") == SCRIPTS
    assert len(outline.all("img")) == 1
    assert not any(name.startswith("on") for _, attributes in outline.elements for name in attributes)
    assert stored_in(page)["state"]["data"]["texts"]["text"]["tokens"] == [
        visible_token(token) for token in HOSTILE
    ]


def test_the_state_in_the_page_is_the_views_to_the_byte(view):
    stored = stored_in(page_of(view))
    state = view.get_state()
    for name in (*view.STATE, "data", "detail", "error"):
        assert stored["state"][name] == state[name], name
    assert stored["code"] == read_bundle("attention.drawn.js")


def test_the_policy_forbids_every_connection(view):
    metas = Outline(page_of(view)).all("meta")
    (policy,) = (one["content"] for one in metas if one.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert all("http" not in sources and "*" not in sources for sources in rules.values())
    # It must stand before what it governs.
    page = page_of(view)
    assert page.index("Content-Security-Policy") < page.index("<body") < page.index("<script")


def test_a_picture_stands_there_for_readers_without_scripts(view):
    (picture,) = Outline(page_of(view)).all("img")
    prefix = "data:image/png;base64,"
    assert picture["src"].startswith(prefix)
    assert base64.b64decode(picture["src"].removeprefix(prefix)).startswith(b"\x89PNG")
    assert picture["alt"].startswith("AttentionView of ")


def test_the_page_has_the_title_that_it_is_given():
    page = page_of(AttentionView(of_pair()), title="Cats & <rugs>")
    assert "<title>Cats &amp; &lt;rugs&gt;</title>" in page


def test_making_a_page_leaves_the_view_as_it_was(view):
    before = view.get_state()
    page_of(view)
    assert view.get_state() == before


def without_token(page):
    """Each display has a name of its own."""
    return re.sub(r'data-token="[0-9a-f]{32}"', "", page)


def test_a_file_is_written_whole_and_its_path_returned(tmp_path):
    path = tmp_path / "heads.html"
    path.write_text("older")
    view = AttentionView(of_pair())
    assert view.export_html(str(path)) == path
    assert without_token(path.read_text(encoding="utf-8")) == without_token(page_of(view))
    assert [one.name for one in tmp_path.iterdir()] == ["heads.html"]


@pytest.mark.parametrize("kind", ["html", "svg", "png", "pdf"])
def test_a_folder_that_is_not_there_is_named(tmp_path, kind):
    with pytest.raises(FileNotFoundError, match="no folder"):
        getattr(AttentionView(of_pair()), f"export_{kind}")(tmp_path / "absent" / "view")


@pytest.mark.parametrize("mode", ["heads", "overview", "matrix", "neuron"])
@pytest.mark.parametrize(("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_every_mode_is_written_in_every_format(tmp_path, mode, kind, start):
    view = AttentionView(of_queries(), mode=mode, selected_tokens=[1])
    path = getattr(view, f"export_{kind}")(tmp_path / f"view.{kind}")
    assert start in path.read_bytes()[:200]


@pytest.mark.parametrize(
    ("kind", "arguments", "said"),
    [
        ("svg", {"width_cm": 0}, "width_cm must be a number from 2 to 200, got 0"),
        ("pdf", {"font_size": "9pt"}, "font_size must be a number from 2 to 72, got '9pt'"),
        ("png", {"width": 10}, "width must be a number from 200 to 10000, got 10"),
        ("png", {"scale": float("nan")}, "scale must be a number from 0.25 to 8, got nan"),
    ],
)
def test_sizes_in_print_are_checked_and_nothing_is_written(tmp_path, kind, arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        getattr(AttentionView(of_pair()), f"export_{kind}")(tmp_path / "view", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_an_export_of_a_layer_that_did_not_go_along_has_it(tmp_path):
    tokens = [f"t{place}" for place in range(30)]
    view = AttentionView(Trace.from_attention(softmax(4, 2, 30), tokens), embed=[0], layer=0)
    view.layer = 3
    stored = stored_in(page_of(view))
    assert stored["state"]["detail"]["layer"] == 3
    assert stored["state"]["detail"]["attention"]["buffer"] == view.detail["attention"]["buffer"]


@pytest.mark.browser
@pytest.mark.skipif(
    not FRONT_END.exists() or FRONT_END.stat().st_size < 5_000, reason="the front end is not built"
)
@pytest.mark.parametrize("mode", ["heads", "overview", "matrix", "neuron"])
@pytest.mark.parametrize("sample", ["queries", "translation", "pair"])
def test_a_page_opened_from_a_file_draws_its_mode_and_asks_for_nothing(watch, tmp_path, sample, mode):
    path = tmp_path / "view.html"
    AttentionView(TRACES[sample](), mode=mode, selected_tokens=[1]).export_html(path)
    asked = []
    page = watch.page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    expect(page.locator("[data-bertviz-plus=live]")).to_have_count(1)
    if mode == "neuron" and sample != "queries":
        expect(page.locator(".bvp").first).to_contain_text("keep=")
    else:
        wait_until_drawn(page)
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert asked.count(path.as_uri()) == 1
    expect(page.locator("[data-bertviz-plus] > figure")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.skipif(
    not FRONT_END.exists() or FRONT_END.stat().st_size < 5_000, reason="the front end is not built"
)
def test_hostile_tokens_run_nothing_in_the_page(watch, tmp_path):
    path = tmp_path / "view.html"
    weights = np.full((2, 2, len(HOSTILE), len(HOSTILE)), 1 / len(HOSTILE))
    AttentionView(Trace.from_attention(weights, HOSTILE)).export_html(path)
    page = watch.page()
    page.goto(path.as_uri())
    wait_until_drawn(page)
    assert page.evaluate("() => globalThis.hacked") is None
