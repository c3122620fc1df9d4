"""A refused call names the argument, what came, what is allowed, and a line that works."""

import sys

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.senses.projection import project


@pytest.fixture(scope="module")
def model():
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def trace(model):
    return model.trace("The cat sat.")


SWAPPED = {
    "occurrences": lambda m: bp.occurrences("bat", m, ["A bat."]),
    "occurrences, word last": lambda m: bp.occurrences(["A bat."], "bat", m),
    "SenseView.of": lambda m: bp.SenseView.of("bat", m, ["A bat."]),
    "LanguageView.of": lambda m: bp.LanguageView.of(bp.parallel_sentences("de"), m),
    "AlignmentView.of": lambda m: bp.AlignmentView.of("A cat", m, "Eine Katze"),
    "align": lambda m: bp.align("A cat", "Eine Katze", m),
    "align_corpus": lambda m: bp.align_corpus([("A cat", "Eine Katze")], m, out="never.talp"),
    "alignments": lambda m: bp.alignments([("A cat", "Eine Katze")], m),
    "language_vectors": lambda _: bp.language_vectors("bert-tiny", {"en": ["A."], "de": ["B."]}),
    "syntax": lambda m: bp.syntax(bp.treebank(), m),
    "primer": lambda m: bp.primer["senses"].run(bp.sense_sentences("bank"), m),
    "primer, a name": lambda _: bp.primer["alignment"].run("bert-tiny"),
}


@pytest.mark.parametrize("call", SWAPPED.values(), ids=SWAPPED)
def test_a_model_that_is_none_is_refused_with_what_came_and_a_line_that_works(call, model):
    with pytest.raises(TypeError, match=r"^model must be a bertviz_plus model, .*, got \w+.*This works: \w+"):
        call(model)


def test_a_transformers_model_is_told_how_it_becomes_one(model):
    with pytest.raises(TypeError, match=r"got BertForMaskedLM. This works: model = bp.wrap\(hf_model, tok"):
        bp.occurrences(model.hf, "bat", ["A bat."])


OTHERS = {
    "texts and word swapped": (
        lambda m: bp.occurrences(m, ["A bat flew."], "bat"),
        r"^texts must be .*, got str 'bat'\. This works: occurrences\(model, \"bat\", \[",
    ),
    "a word that is none": (
        lambda m: bp.occurrences(m, 3, ["A bat."]),
        r"^word must .*got int 3\. This works",
    ),
    "sense_scores": (lambda _: bp.sense_scores("bank"), r"^occurrences must .*got str 'bank'\. This works"),
    "relation_heads": (bp.relation_heads, r"^read must be ParsesRead.*got Model\. This works"),
    "geometry_scores": (bp.geometry_scores, r"^occurrences must .*got Model\. This works"),
    "propose_senses": (bp.propose_senses, r"^occurrences must .*got Model\. This works"),
    "alignment_map": (bp.alignment_map, r"^alignments must .*got Model\. This works"),
    "choose_layer": (lambda m: bp.choose_layer([], m), r"^dev must .*got Model\. This works"),
    "sense_sentences": (bp.sense_sentences, r"^word must .*got Model\. This works"),
    "parallel_sentences": (lambda _: bp.parallel_sentences(3), r"^languages must .*got int 3\. This works"),
    "read_links": (lambda _: bp.read_links(3), r"^path must .*got int 3\. This works"),
    "Trace.load": (bp.Trace.load, r"^path must .*got Model\. This works"),
    "charts": (bp.charts.by_layer, r"^scores must be a DataFrame with word, .*, got Model$"),
    "from_vectors": (lambda _: bp.Occurrences.from_vectors("bank"), r"^vectors must .*got str 'bank'"),
    "vectors": (lambda _: bp.sentence_retrieval({"en": np.ones((1, 3, 4))}), r"^vectors must .*got en alone"),
}


@pytest.mark.parametrize(("call", "message"), OTHERS.values(), ids=OTHERS)
def test_the_argument_is_named_with_what_came(call, message, model):
    with pytest.raises((TypeError, ValueError), match=message):
        call(model)


@pytest.mark.parametrize("languages", [["en"], [], "en", ["en", "en"], ["en", "xx"]])
def test_fewer_than_two_languages_are_refused_as_languages(languages, model):
    allowed = r"^languages must be at least two languages among en, de, fr, es, ja, hi, ar, got "
    with pytest.raises(ValueError, match=allowed + r".*This works: LanguageView\.of\(model, languages=\["):
        bp.LanguageView.of(model, languages=languages)


def test_sentences_of_one_language_are_refused_as_sentences(model):
    with pytest.raises(ValueError, match=r"^sentences must be at least two languages, got \['en'\]\. This"):
        bp.LanguageView.of(model, {"en": ["A cat."]})


def test_a_token_asked_of_position_of_is_sent_to_the_tokens(trace):
    with pytest.raises(ValueError, match=r'^layer must be 0\.\.1 .*got \'dog\'; trace.tokens.index\("dog"\)'):
        trace.position_of("dog")


def test_a_device_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match=r"^device must be 'cpu'.*got 'gpu'\. .*This works: load\(device='"):
        bp.load("bert-tiny", device="gpu")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "html"])
def test_an_export_with_the_ending_of_another_kind_is_refused_and_nothing_written(kind, trace, tmp_path):
    view = bp.AttentionView(trace)
    export = getattr(view, f"export_{kind}")
    for name in ("x.jpg", "x.png" if kind == "svg" else "x.svg"):
        if name.endswith(kind):
            continue
        with pytest.raises(ValueError, match=rf"^path must end in \.{kind}, .*got .*{name}.*This works: "):
            export(tmp_path / name)
    assert not list(tmp_path.iterdir())
    assert export(tmp_path / f"X.{kind.upper()}").is_file()
    assert export(tmp_path / "without").is_file()


def test_an_ending_of_another_export_names_that_export(trace, tmp_path):
    with pytest.raises(ValueError, match=r", or view.export_svg\("):
        bp.AttentionView(trace).export_png(tmp_path / "x.svg")


@pytest.mark.parametrize(("method", "package"), [("tsne", "openTSNE"), ("umap", "umap-learn")])
def test_a_missing_projection_names_its_package_and_the_pip_line(method, package, monkeypatch):
    for module in ("openTSNE", "umap"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf'^.{method}. .*needs the package {package}, .*pip install "bert'):
        project(np.ones((1, 10, 4)), method)
