"""Parallel sentences: checked at the door, read with errors that name the line, and those of the package."""

import json

import pytest

import bertviz_plus as bp
from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences, read_jsonl, text_of
from bertviz_plus.traces.links import Gold

HOUSE = {
    "languages": (("en", "de"), ("en", "ja"), ("en", "de")),
    "sources": (("the", "house"), ("the", "house"), ("a", "cat")),
    "targets": (("das", "Haus"), ("その", "家"), ("eine", "Katze")),
    "gold": ("0-0 1-1", "0?0 1-1", None),
}
MOST = ("de", "fr", "es")
SOME = ("ja", "hi", "ar")


def write(path, rows):
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def row(**changes):
    made = {"id": "1", "languages": ["en", "de"], "source": ["a", "cat"], "target": ["eine", "Katze"]}
    return made | {"gold": "0-0 1?1", "first": "0-0 1-1", "second": "0-0"} | changes


def test_lists_become_tuples_and_choosing_keeps_the_order():
    sentences = ParallelSentences(**{name: list(value) for name, value in HOUSE.items()})
    assert sentences.sources == HOUSE["sources"]
    assert sentences.pairs[1] == (("the", "house"), ("その", "家"))
    assert sentences.ids == ("0", "1", "2")
    assert sentences.take([2, 0]).ids == ("2", "0")
    assert sentences.of("de").gold == ("0-0 1-1", None)
    assert sentences.of(("en", "ja")).languages == (("en", "ja"),)
    assert len(sentences.of(["de", "ja"])) == 3
    assert sentences.to_frame()["target"].tolist() == ["das Haus", "その 家", "eine Katze"]
    assert "en-de 2, of them with gold 1" in repr(sentences)


@pytest.mark.parametrize("languages", ["fr", ["de", "fr"], "en", []])
def test_a_language_that_is_no_target_is_refused(languages):
    with pytest.raises(ValueError, match="languages must be among de, ja, got"):
        ParallelSentences(**HOUSE).of(languages)


def test_texts_are_those_that_are_there_in_every_language():
    sentences = ParallelSentences(**HOUSE)
    assert sentences.texts() == {"en": ("the house",), "de": ("das Haus",), "ja": ("その家",)}
    assert sentences.texts(["de", "en"]) == {"de": ("das Haus", "eine Katze"), "en": ("the house", "a cat")}
    with pytest.raises(ValueError, match="languages must be among en, de, ja, got 'fr'"):
        sentences.texts(["fr"])
    assert text_of(["家", "です"], "ja") == "家です"
    assert text_of(["¿", "Dónde", "está", ",", "por", "favor", "?"], "es") == "¿Dónde está, por favor?"
    assert text_of(["Do", "n't", "say", "it", "'s", "3", "o'clock", "."], "en") == "Don't say it's 3 o'clock."


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gold": ("0-0",)}, "gold must have one entry for each of the 3 sources, got 1"),
        ({"gold": "0-0"}, "gold must be a sequence"),
        ({"gold": ("0-0", "0-2", None)}, r"gold\[1\] must lie within 2 and 2 words, .* got '0-2'"),
        ({"gold": ("0-0", "0:1", None)}, r"gold\[1\] must be links such as '0-0 1\?2', got '0:1'"),
        ({"gold": ("0-0", 3, None)}, r"gold\[1\] must be links"),
        ({"second": ("0-0", "9-9", None)}, r"second\[1\] must lie within"),
        ({"sources": (("the", "house"), "the house", ("a",))}, r"sources\[1\] must be a list of words"),
        ({"sources": (("the", "house"), ("the", " "), ("a",))}, r"sources\[1\] must be words"),
        ({"sources": (("the", "house"), (), ("a",))}, r"sources\[1\] must be words that are not empty"),
        ({"languages": (("en", "de"), ("en", "en"), ("en", "de"))}, r"languages\[1\] must be two languages"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        ParallelSentences(**HOUSE | changes)


def test_the_hash_is_that_of_the_content():
    sentences = ParallelSentences(**HOUSE)
    assert sentences.sha256 == ParallelSentences(**HOUSE, name="another name").sha256
    assert sentences.sha256 != ParallelSentences(**HOUSE | {"gold": ("0-0", "0?0 1-1", None)}).sha256


def test_a_file_is_read_with_what_it_does_not_say_left_open(tmp_path):
    rows = [row(), row(id="2", first=None, second=None, note="something else")]
    del rows[1]["second"]
    sentences = read_jsonl(write(tmp_path / "parallel.jsonl", rows), "mine")
    assert sentences.ids == ("1", "2")
    assert sentences.gold == ("0-0 1?1", "0-0 1?1")
    assert sentences.second == ("0-0", None)
    assert sentences.twice.ids == ("1",)
    assert sentences.name == "mine"


@pytest.mark.parametrize(
    "changes", [{"gold": "0-0 1?7"}, {"source": "a cat"}, {"source": []}, {"languages": ["en"]}]
)
def test_a_line_that_does_not_fit_is_named(tmp_path, changes):
    path = write(tmp_path / "parallel.jsonl", [row(), row(**changes)])
    with pytest.raises(ValueError, match=r"parallel\.jsonl, line 2: a JSON object with id, languages"):
        read_jsonl(path, "mine")


def test_a_broken_line_and_an_empty_file_are_named(tmp_path):
    path = tmp_path / "parallel.jsonl"
    path.write_text("\n{", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_jsonl(path, "mine")
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no pairs"):
        read_jsonl(path, "mine")


# --- those of the package ---


@pytest.mark.parametrize(("languages", "least"), [(MOST, 40), (SOME, 20)])
def test_the_bundled_sentences_are_as_many_as_promised(languages, least):
    for language in languages:
        own = parallel_sentences(language)
        assert set(own.languages) == {("en", language)}
        assert len(own) >= least
        assert len(set(own.sources)) == len(own), "each English sentence once"


def test_every_bundled_pair_has_gold_with_a_sure_link():
    sentences = bp.parallel_sentences()
    assert sentences is bp.parallel_sentences()
    assert all(Gold.of(links).sure for links in sentences.gold)
    assert len(set(zip(sentences.ids, sentences.languages, strict=True))) == len(sentences)


def test_two_annotators_linked_every_bundled_pair_and_agree():
    sentences = bp.parallel_sentences()
    assert len(sentences.twice) == len(sentences)
    agreement = bp.alignment_agreement(sentences.first, sentences.second, resamples=10)
    # Published agreement of alignment gold is .8 to .95; below, guidelines were not followed.
    assert agreement.f1 > 0.8


def test_bundled_texts_are_parallel_in_all_languages():
    texts = bp.parallel_sentences().texts()
    assert set(texts) == {"en", *MOST, *SOME}
    assert len({len(own) for own in texts.values()}) == 1
    assert len(texts["en"]) >= 20
    assert not any(" " in text for text in texts["ja"])
