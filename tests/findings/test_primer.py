"""The registry lists all 23 findings, and a report says what ran, what did not, and why."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from bertviz_plus.findings.finding import Finding
from bertviz_plus.findings.primer import Primer, primer
from bertviz_plus.findings.registry import EXPERIMENTS
from bertviz_plus.findings.report import Entry, Report
from bertviz_plus.findings.result import Result

NOTES = Path(__file__).parents[3] / "shared" / "FINDINGS.md"
KEYS = [
    "senses",
    "numbers",
    "multi-step",
    "patterns",
    "no-op",
    "unlearning",
    "syntax-layers",
    "syntax-heads",
    "transfer",
    "semantics",
    "negation",
    "task-layers",
    "knowledge",
    "flatness",
    "heads-and-layers",
    "batch-size",
    "adapters",
    "redundancy",
    "compression",
    "alignment",
    "language-id",
    "embeddings-only",
    "freezing",
]


def answered(finding, verdict="holds", **numbers):
    numbers = {"number": 0.9, "baseline": 0.5, "interval": (0.8, 0.95)} | numbers
    return Result(
        finding.number, finding.key, finding.claim, verdict, "A | reason.", measure="score", **numbers
    )


class Works(Finding):
    """Holds for every model."""

    def run(self, model, data=None, *, progress=True):
        return answered(self)


class Breaks(Finding):
    """Cannot go on."""

    def run(self, model, data=None, *, progress=True):
        raise ValueError("texts must not be empty")


class Interrupted(Finding):
    """Is stopped by the reader."""

    def run(self, model, data=None, *, progress=True):
        raise KeyboardInterrupt


def finding(kind, number):
    return kind(
        number, kind.__name__.casefold(), "A claim <b>.", ("Somebody 2020",), experiment=EXPERIMENTS[0]
    )


def test_every_finding_has_its_number_its_key_a_claim_and_papers():
    assert [one.key for one in primer] == KEYS
    assert [one.number for one in primer] == list(range(1, 24))
    for one in primer:
        assert primer[one.number] is primer[one.key] is one
        assert len(one.claim) > 40
        assert one.papers
        assert all(re.search(r"\d{4}", paper) for paper in one.papers)


def test_every_finding_states_their_baseline_and_their_rule():
    assert {one.key for one in primer} == {one.key for one in EXPERIMENTS}
    for one in primer:
        assert one.status == ("trains" if one.trains else "runs")
        assert one.baseline
        assert one.rule
        for verdict in ("holds", "weak", "fails", "inconclusive", "not testable"):
            assert verdict in one.rule
        shown = unescape(one._repr_html_())
        assert one.rule.split("; ")[0].removeprefix("not testable: ") in shown
        for option in one.experiment.options:
            assert option.gloss in shown


def test_no_remembered_figure_is_published():
    # Findings 9, 10 and 16 are known from memory only, and the notes give no figures for the others.
    for key in ("transfer", "semantics", "batch-size", "flatness", "task-layers", "unlearning"):
        assert primer[key].published == ()
    for one in primer:
        for figure in one.published:
            assert figure.mark in ("code", "2nd")
            assert figure.source


@pytest.mark.skipif(not NOTES.exists(), reason="the notes on the findings are not beside this checkout")
def test_every_published_figure_stands_in_the_notes_and_none_of_them_on_a_remembered_line():
    sentences = NOTES.read_text(encoding="utf-8").split("\n")
    trusted = "\n".join(line for line in sentences if "`[mem]`" not in line)
    for one in primer:
        for figure in one.published:
            value = f"{figure.value:g}"
            assert value.removeprefix("0") in trusted, (one.key, figure)


@pytest.mark.parametrize("which", [0, 24, "sense", "Senses ", True, None, 1.5])
def test_a_name_that_no_finding_has_is_refused(which):
    with pytest.raises(KeyError, match=r"finding must be 1\.\.23 or one of senses"):
        primer[which]


def test_the_nearest_key_is_named():
    with pytest.raises(KeyError, match="Did you mean 'senses'"):
        primer["sense"]


def test_two_findings_cannot_share_a_name():
    with pytest.raises(ValueError, match="got 1 twice"):
        Primer([finding(Works, 1), finding(Breaks, 1)])


def test_tables_list_all_of_them_and_escape_what_they_say():
    assert len(re.findall("<tr", primer._repr_html_())) == 24
    for key in KEYS:
        assert key in repr(primer)
        assert key in primer._repr_html_()
    assert "<b>" not in Primer([finding(Works, 1)])._repr_html_()
    assert "<b>" not in finding(Works, 1)._repr_html_()


def test_a_report_goes_on_after_an_error_and_stops_at_an_interrupt(tiny):
    found = [finding(Works, 1), finding(Breaks, 2), finding(Interrupted, 3)]
    last = Works(4, "never-reached", "A claim.", ("Somebody 2020",), experiment=EXPERIMENTS[0])
    report = Primer([*found, last]).run(tiny, progress=False)
    assert [entry.status for entry in report] == [
        "ran",
        "stopped by an error",
        "not run",
        "not run",
    ]
    assert report[1].verdict == "holds"
    assert report["works"] is report[1]
    with pytest.raises(KeyError, match="stopped by an error, ValueError: texts must not be empty"):
        report[2]
    with pytest.raises(KeyError, match="not in this report"):
        report["numbers"]
    assert "1 of 4 findings ran, 1 holds, 1 stopped by an error, 2 not run" in repr(report)


def test_what_trains_is_run_where_it_is_named_and_says_how_where_it_is_not(tiny):
    def trained(number, name, key):
        return Works(number, name, "A claim.", ("Somebody 2020",), experiment=primer[key].experiment)

    both = Primer([trained(1, "on-a-model", "freezing"), trained(2, "its-own", "batch-size")])
    frame = both.run(tiny, progress=False).to_frame()
    assert frame["verdict"].isna().all()
    assert (frame["status"] == "not run").all()
    assert 'takes minutes: bp.primer["on-a-model"].run(model)' in frame["reason"][0]
    assert 'models of its own: bp.primer["its-own"].run()' in frame["reason"][1]
    assert [entry.status for entry in both.run(tiny, [1, 2], progress=False)] == ["ran", "not run"]


def test_a_report_is_written_as_a_table_and_as_json(tiny, tmp_path):
    report = Primer([finding(Works, 1), finding(Breaks, 2)]).run(tiny, progress=False)
    lines = report.to_markdown().splitlines()
    assert len(lines) == 4
    # A bar in a reason does not begin a cell.
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 8 for line in lines)
    assert "<b>" not in report.to_markdown()
    assert "<b>" not in report._repr_html_()
    content = json.loads(report.save(tmp_path / "report.json").read_text(encoding="utf-8"))
    assert content["model"] == "bert-tiny"
    assert content["findings"][0]["result"]["interval"] == [0.8, 0.95]
    assert content["findings"][1]["result"] is None


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match=r"model must be from bp\.load or bp\.wrap, got str"):
        primer.run("bert-tiny")


@pytest.mark.parametrize(
    ("status", "result", "message"),
    [
        ("done", None, "status must be one of"),
        ("ran", None, "result must be there where the status is 'ran'"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(status, result, message):
    with pytest.raises(ValueError, match=message):
        Report("a model", (Entry(primer[2], status, result),))
