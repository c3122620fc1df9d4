"""A card says at first sight what was measured in which model, beside what, and why the verdict is what "
"it is."""

import re
from html import unescape

import pytest

from bertviz_plus.findings.claims import Published
from bertviz_plus.findings.comparison import Comparison, joint_reason
from bertviz_plus.findings.glossary import TERMS
from bertviz_plus.findings.primer import primer
from bertviz_plus.findings.report import Entry, Report
from bertviz_plus.findings.result import Result

HASH = "0123456789abcdef" * 4
BASELINE = {"layer 0": 0.5, "an untrained twin": 0.4}
GLOSS = "has the same architecture and random weights"


def compared(low, high, *, margin=0.05, **rest):
    rest = {"glosses": {"an untrained twin": GLOSS}} | rest
    return Comparison("share that is right", (low + high) / 2, (low, high), BASELINE, margin, **rest)


HOLDS, WEAK, FAILS = compared(0.8, 0.9), compared(0.52, 0.6), compared(0.45, 0.52)
UNCLEAR, BELOW = compared(0.4, 0.7), compared(0.2, 0.3)
FEW = compared(0.8, 0.9, observations=8, at_least=40)


def made(*comparisons, **rest):
    fields = {
        "papers": ("Somebody 2019",),
        "rule": "holds where above; fails where not",
        "notes": ("Measured at hidden layer 4.",),
        "published": (Published(95.7, "1-NN accuracy", "BERT", "Loureiro et al. 2021", "code", "%"),),
        "provenance": {"model": {"id": "tiny", "weights_hash": HASH}, "seed": 3},
    }
    return Result.compared(1, "senses", "BERT knows senses.", comparisons, **fields | rest)


def untested(*related):
    return Result(
        21, "language-id", "It does not help.", "not testable", "Twins are needed.", related=related
    )


def text_of(page, *, folded):
    """The words of a page; without those that open at a click where `folded` is False."""
    if not folded:
        page = re.sub(r"(?s)</summary>.*?</details>", "", page)
    return " ".join(unescape(re.sub(r"(?s)<[^>]*>", " ", page)).split())


@pytest.mark.parametrize(
    ("comparison", "verdict", "because"),
    [
        (HOLDS, "holds", "95% interval (━), .80 to .90, lies wholly above .55"),
        (
            WEAK,
            "weak",
            "lies wholly above the strongest baseline (┃), .50 (layer 0), but not wholly above .55",
        ),
        (
            FAILS,
            "fails",
            "does not lie wholly above the strongest baseline (┃), .50 (layer 0), and nowhere above .55",
        ),
        (BELOW, "fails", "lies wholly below the strongest baseline (┃), .50 (layer 0)"),
        (UNCLEAR, "inconclusive", "is too wide to tell"),
        (FEW, "inconclusive", "8 observations, where 40 are needed"),
    ],
)
def test_the_reason_of_every_verdict_is_seen_without_a_click(comparison, verdict, because):
    result = made(comparison)
    seen = text_of(result._repr_html_(), folded=False)
    assert f"{verdict.capitalize()} in tiny" in seen
    assert because in seen
    # The text says the same, without the marks of the picture.
    plain = re.sub(r" \([━┃▒]\)", "", because)
    assert plain in repr(result)


def test_the_headline_names_the_model_that_was_tested_and_what_was_measured():
    result = made(HOLDS)
    assert result.headline == (
        "In tiny, the share that is right is .85 (95% interval .80 to .90). The strongest baseline, layer 0, "
        "reaches .50."
    )
    assert "the vectors that were given" in made(HOLDS, provenance={}).title


def test_the_title_says_how_far_the_verdict_goes_wherever_the_verdict_stands():
    result = made(HOLDS, extent="above chance, not clear")
    title = "Holds in tiny: above chance, not clear"
    assert result.title == title
    assert title in text_of(result._repr_html_(), folded=False)
    assert title.lower() in repr(result).lower()
    assert title.lower() in result.to_text().lower()
    assert result.to_dict()["extent"] == "above chance, not clear"
    report = Report("tiny", (Entry(primer[1], "ran", result),))
    assert "holds: above chance, not clear" in report.to_markdown()
    assert "holds: above chance, not clear" in report._repr_html_()
    assert report.to_frame()[["verdict", "extent"]].to_numpy().tolist() == [
        ["holds", "above chance, not clear"]
    ]


def clusters(low, high):
    return Comparison("agreement", (low + high) / 2, (low, high), {"chance": 0.0}, 0.1)


@pytest.mark.parametrize(
    ("comparisons", "extent"),
    [
        ((HOLDS, clusters(0.2, 0.4)), "above chance, not clear"),
        ((WEAK, clusters(0.05, 0.2)), "above chance, not clear"),
        ((HOLDS, clusters(0.6, 0.9)), "above every baseline by the margin"),
        ((FAILS, clusters(0.2, 0.4)), ""),
        ((HOLDS, clusters(-0.1, 0.05)), ""),
    ],
)
def test_clusters_nearer_to_chance_than_to_the_senses_are_not_called_clear(comparisons, extent):
    assert primer["senses"].experiment.extent(comparisons) == extent


def test_the_claim_keeps_the_words_of_its_papers():
    assert "The claim: BERT knows senses. (Somebody 2019)" in text_of(made(HOLDS)._repr_html_(), folded=False)


def test_what_was_not_tested_is_no_verdict_of_what_was_measured_instead():
    page = text_of(untested(HOLDS, FAILS)._repr_html_(), folded=False)
    assert "Not testable in" in page
    assert "Twins are needed." in page
    assert "Measured instead" in page
    assert "above every baseline by the margin" in page
    assert "holds" not in page
    assert "holds" not in untested(HOLDS).to_text()


def test_what_was_measured_beside_a_tested_claim_is_set_apart():
    page = text_of(made(HOLDS, related=(FAILS,))._repr_html_(), folded=False)
    before, beside = page.split("Measured beside it")
    assert "not above every baseline" in beside
    assert "not above every baseline" not in before
    assert "fails" not in beside.split("Beside every baseline")[0]


@pytest.mark.parametrize(
    ("comparisons", "said"),
    [
        ([HOLDS], ""),
        ([HOLDS, HOLDS], "The finding holds, since both do."),
        ([HOLDS, HOLDS, HOLDS], "The finding holds, since all do."),
        ([HOLDS, WEAK], "The finding is weak: it would hold if both did."),
        ([HOLDS, UNCLEAR], "The finding is inconclusive: it would hold if both did."),
        ([FAILS, HOLDS], "The finding rests on the first of the two, and so fails."),
        ([UNCLEAR, FAILS], "The finding rests on the first of the two, and so is inconclusive."),
    ],
)
def test_how_two_verdicts_make_one_is_said(comparisons, said):
    assert joint_reason(comparisons) == said
    assert said in made(*comparisons).reason
    assert said in text_of(made(*comparisons)._repr_html_(), folded=False)


def test_numbers_that_the_verdict_tells_apart_do_not_look_alike():
    # At two digits the low end and what it should lie above are both .55.
    close = Comparison("share", 0.6, (0.5531, 0.64), {"layer 0": 0.5046}, 0.05)
    assert close.verdict == "weak"
    assert ".553 to .640" in close.reason
    assert "not wholly above .555" in close.reason


def test_hashes_published_figures_and_the_rule_are_folded_away():
    page = made(HOLDS)._repr_html_()
    seen, everything = text_of(page, folded=False), text_of(page, folded=True)
    for hidden in (HASH[:12], "fails where not", "read in the authors' own code"):
        assert hidden not in seen
        assert hidden in everything
    # The figure of the paper is seen, with what it is.
    assert "95.7% (1-NN accuracy), BERT, Loureiro et al. 2021" in seen
    assert HASH[:13] not in everything
    assert HASH in made(HOLDS).to_text()


def test_short_text_says_where_the_rest_is_and_the_rest_is_there():
    result = made(HOLDS, FAILS)
    assert len(repr(result).splitlines()) <= 5
    assert HASH not in repr(result)
    assert "print(result.to_text())" in repr(result)
    everything = result.to_text()
    for part in (result.claim, result.rule, result.notes[0], "an untrained twin: .40", "95.7%", "seed: 3"):
        assert part in everything


def test_a_short_name_carries_what_it_stands_for():
    page = made(compared(0.8, 0.9, gloss="Also called ARI, not ARIA."))._repr_html_()
    assert f'<abbr title="{TERMS["ARI"]}">ARI</abbr>, not ARIA' in page
    assert GLOSS in text_of(page, folded=False)
    assert f"an untrained twin: .40 ({GLOSS})" in made(HOLDS).to_text()


def test_only_what_an_untrusted_notebook_keeps_is_used():
    page = made(HOLDS, FAILS)._repr_html_()
    kept = {
        "div",
        "span",
        "b",
        "br",
        "abbr",
        "details",
        "summary",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
    }
    kept |= {"th", "td", "ul", "li", "code"}
    assert set(re.findall(r"<(\w+)", page)) <= kept
    assert set(re.findall(r'\s([\w-]+)="', page)) <= {"style", "title", "scope"}
    # No colour but the hairlines' grey: the rest is the ink of the page, whatever its theme.
    assert not re.search(r"#[0-9a-f]{3}|var\(|url\(|calc\(|(?<!-)color:", page)


def test_text_is_escaped():
    page = made(HOLDS, papers=("<b>",), notes=("<i>",), provenance={"<u>": "<s>"})._repr_html_()
    page += Result(1, "senses", "<script>alert(1)</script>", "not testable", "<em>")._repr_html_()
    assert "&lt;script&gt;" in page
    for tag in ("<script", "<i>", "<u>", "<s>", "<em>", "(<b>"):
        assert tag not in page


def test_rows_and_columns_of_a_table_are_named():
    page = made(HOLDS, FAILS, published=(), provenance={})._repr_html_()
    assert page.count('scope="row"') == page.count("<tr") - page.count("<thead")
    assert page.count('scope="col"') == 2
    assert "<caption" in page
