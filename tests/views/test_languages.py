"""The language view: sentences as points by language, centred or not, with what each retrieves."""

import json

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.alignment.language_scores import language_scores
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.sentences import Sentences
from bertviz_plus.views.senses import LanguageView
from bertviz_plus.views.senses.sentences import CENTRED, retrieved
from bertviz_plus.views.wire import decode

TEXTS = {
    "en": ["A cat.", "Two dogs.", "Rain again.", "The old house."],
    "de": ["Eine Katze.", "Zwei Hunde.", "Wieder Regen.", "Das alte Haus."],
}


def planted(*, n=12, languages=("en", "de", "ja"), layers=3, seed=0, shift=3.0, noise=0.1):
    """Sentences that share a meaning from layer 1 on, each language shifted."""
    random = np.random.default_rng(seed)
    meaning = random.normal(size=(layers, n, 16))
    vectors = {}
    for name in languages:
        vectors[name] = meaning + shift * random.normal(size=16)
        vectors[name] += random.normal(scale=noise, size=meaning.shape)
        vectors[name][0] = random.normal(size=(n, 16))
    return Sentences.from_vectors(vectors)


@pytest.fixture(scope="module")
def view():
    return LanguageView(planted(), progress=False)


def test_what_travels_is_what_the_front_end_reads(view):
    data = view.data
    assert [one["name"] for one in data["groups"]] == ["language"]
    assert data["groups"][0]["labels"] == ["en", "de", "ja"]
    assert list(data["projections"]) == ["pca", CENTRED]
    assert data["count"] == 36
    assert [one["measure"] for one in data["scores"]] == ["retrieval", "probe"] * 2
    for score in data["scores"]:
        assert len(score["values"]) == len(score["baseline"]) == len(score["shuffled"]) == 3
    assert view.hidden_layer == view.data["best_layer"] in (1, 2)
    bare = {name: value for name, value in data.items() if name in ("scores", "typical", "fine_print")}
    assert json.loads(json.dumps(bare)) == bare


def test_scores_beside_the_picture_are_those_of_the_measure(view):
    scores = language_scores(view.sentences.by_language(), folds=2, progress=False)
    drawn = {(score["of"], score["measure"]): score for score in view.data["scores"]}
    for measure, one in scores.groupby("measure"):
        for picture, name, which in (
            (CENTRED, "values", True),
            (CENTRED, "baseline", False),
            ("pca", "values", False),
            ("pca", "baseline", True),
        ):
            assert drawn[picture, measure][name] == pytest.approx(
                one[one["centred"] == which]["value"].tolist(), abs=1e-5
            )
    given = LanguageView(view.sentences, scores=scores, progress=False)
    assert given.data["scores"] == view.data["scores"]
    assert LanguageView(view.sentences, scores=False, progress=False).data["scores"] == []


def test_each_sentence_is_linked_to_its_nearest_in_each_other_language(view):
    near = view.data["neighbours"]["pca"]
    assert near["layers"] == [0, 1, 2]
    indices, cosines = decode(near["indices"]), decode(near["cosines"])
    assert indices.shape == cosines.shape == (3, 36, 2)
    vectors = np.asarray(view.sentences.at(2), float)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for sentence in (0, 13, 35):
        found = [int(one) for one in indices[2, sentence] if one != sentence]
        assert len(found) == 2
        assert sorted(one // 12 for one in found) == sorted({0, 1, 2} - {sentence // 12})
        for place, one in enumerate(found):
            language = slice(12 * (one // 12), 12 * (one // 12) + 12)
            alike = units[language] @ units[sentence]
            assert alike.argmax() == one % 12
            assert cosines[2, sentence, place] == pytest.approx(alike.max(), abs=1e-4)


def test_centring_finds_translations_that_a_shift_hid():
    # Shifts far larger than meanings: before centring all of a language is about equally near.
    made = LanguageView(planted(shift=30, noise=0.3, seed=2), scores=False, progress=False, hidden_layer=2)
    hits = {
        space: np.mean([all(made.found_translation(k, centred=space).values()) for k in range(36)])
        for space in (False, True)
    }
    assert hits[True] == 1
    assert hits[False] < 1
    made.projection = CENTRED
    assert made.found_translation(0) == {"de": True, "ja": True}


def test_what_is_nearest_after_centring_travels_too():
    made = LanguageView(planted(shift=30, noise=0.3, seed=2), scores=False, progress=False, hidden_layer=2)
    kept, centred_too = (decode(made.data["neighbours"][space]["indices"])[2] for space in ("pca", CENTRED))
    hits = [np.mean(found % 12 == np.arange(36)[:, None] % 12) for found in (kept, centred_too)]
    assert hits[0] < hits[1] == 1
    assert decode(made.data["kin"]).tolist() == list(range(12)) * 3
    alike = made.data["mean_cosine"]
    assert alike["pca"][2] > alike[CENTRED][2] == pytest.approx(0, abs=0.1)
    made.projection = CENTRED
    made.pinned = 4
    assert made.detail == {}, "no kernel is needed"


def test_the_figure_tells_translations_from_other_sentences():
    made = LanguageView(planted(shift=30, noise=0.3, seed=2), scores=False, progress=False, hidden_layer=2)
    missed = next(k for k in range(36) if not all(made.found_translation(k, centred=False).values()))
    made.pinned = missed
    said = made.plate().svg()
    assert "✗" in said
    assert 'stroke-dasharray="5' in said
    assert "ring: the translation that was not found" in said
    made.projection = CENTRED
    said = made.plate().svg()
    assert "✗" not in said
    assert "2 of 2 translations" in said
    assert "12 sentences in each of en, de and ja" in said


def test_a_layer_that_did_not_go_along_is_sent():
    made = LanguageView(planted(), embed=[2], scores=False, progress=False, hidden_layer=2)
    made.hidden_layer = 1
    assert made.detail["points"]["shape"] == [36, 2]
    assert made.detail["neighbours"] is None
    made.pinned = 0
    assert made.detail["neighbours"]["shape"] == [36, 2]


def test_every_other_language_is_listed_the_nearest_first():
    made = planted(languages=tuple("abcdefgh"), n=5)
    near = retrieved(np.asarray(made.at(2), np.float32), languages=made.places)
    assert near.indices.shape == (40, 7)
    assert (np.diff(near.cosines, axis=1) <= 0).all()
    view = LanguageView(made, scores=False, progress=False)
    assert len(view.found_translation(0)) == 7
    assert view.data["neighbours"]["pca"]["indices"]["shape"] == [3, 40, 7]


def test_python_reads_what_is_selected(view):
    view.selected = [0, 13]
    frame = view.selected_frame()
    assert frame["language"].tolist() == ["en", "de"]
    assert frame["sentence"].tolist() == [0, 1]
    view.selected = []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("hidden_layer", 9, r"hidden_layer must be 0\.\.2"),
        ("projection", "tsne", "projection must be one of 'pca', 'centred PCA'"),
        ("muted", ["fr"], "muted must name some of 'en', 'de', 'ja'"),
        ("pinned", 99, r"pinned must be 0\.\.35"),
    ],
)
def test_what_cannot_be_shown_is_refused(view, name, value, message):
    before = getattr(view, name)
    with pytest.raises(ValueError, match=message):
        setattr(view, name, value)
    assert getattr(view, name) == before


@pytest.mark.parametrize("given", ["sentences", None, Occurrences.from_vectors(np.ones((2, 4, 3)))])
def test_what_are_no_sentences_is_refused_with_what_makes_them(given):
    with pytest.raises(TypeError, match=r"sentences must be Sentences, got .*Sentences\.from_vectors"):
        LanguageView(given)


def test_a_model_reads_and_shows_in_one_step():
    model = bp.load("bert-tiny")
    view = bp.LanguageView.of(model, TEXTS, progress=False)
    assert view.data["title"] == "bert-tiny"
    assert view.sentences.texts[4] == "Eine Katze."
    assert "LanguageView of en, de: 4 sentences, 3 hidden layers" in repr(view)
    fewer = bp.LanguageView.of(model, TEXTS | {"fr": ["x", "y", "z", "w"]}, ["de", "fr"], progress=False)
    assert fewer.languages == ("de", "fr")
    with pytest.raises(ValueError, match="languages must be at least two languages among en, de, got"):
        bp.LanguageView.of(model, TEXTS, ["fr"])
    with pytest.raises(TypeError, match="sentences must be ParallelSentences or a dict"):
        bp.LanguageView.of(model, [TEXTS])
    with pytest.raises(TypeError, match="LanguageView has no keyword 'layer'"):
        bp.LanguageView.of(model, TEXTS, layer=1, progress=False)


@pytest.mark.parametrize("space", ["pca", CENTRED])
def test_there_is_a_picture_without_a_browser_and_a_page_without_a_kernel(view, space, tmp_path):
    view.projection, view.pinned = space, 5
    assert len(view.plate().fallback()) <= 60_000
    page = view.export_html(tmp_path / "languages.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    view.pinned, view.projection = -1, "pca"


def test_a_finding_shows_it():
    result = bp.primer["language-id"].run(data=planted(n=24).by_language(), resamples=50, progress=False)
    shown = result.show()
    assert isinstance(shown, LanguageView)
    assert shown.hidden_layer == result.provenance["hidden layers chosen"][0]
    assert [one["of"] for one in shown.data["scores"]] == ["pca", "pca", CENTRED, CENTRED]


def test_what_a_student_reads_needs_no_glossary():
    random = np.random.default_rng(0)
    vectors = {name: random.normal(size=(2, 12, 8)) for name in ("en", "de")}
    view = LanguageView(Sentences.from_vectors(vectors), progress=False)
    titles = {score["title"] for score in view.data["scores"]}
    assert titles == {"translation found", "language recognised"}
    assert {score["baseline_name"] for score in view.data["scores"]} == {"means subtracted", "means left in"}
    assert "by a linear classifier, from the vector alone" in view.data["fine_print"]
    said = f"{view.data['fine_print']} {view!r} {view.plate().svg()}"
    assert "language told" not in said
    assert "taken away" not in said
    assert "means left in" in repr(view)
