"""Parallel sentences as data: which translate which, their means taken away, their file."""

import numpy as np
import pytest

from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.sentences import Sentences

SHAPE = (3, 12, 16)
LANGUAGES = ("en", "de", "ja")


@pytest.fixture
def made() -> Sentences:
    random = np.random.default_rng(0)
    vectors = {name: random.normal(size=SHAPE) + place for place, name in enumerate(LANGUAGES)}
    texts = {name: [f"{name} {number}" for number in range(12)] for name in LANGUAGES}
    return Sentences.from_vectors(vectors, texts, hidden_layers=[0, 4, 8], model=ModelInfo(id="tiny"))


def mixed(sentences: Sentences) -> Sentences:
    return sentences.take(np.random.default_rng(0).permutation(len(sentences)).tolist())


def test_vectors_of_languages_become_sentences_in_their_order(made: Sentences) -> None:
    assert made.languages[:13] == ("en",) * 12 + ("de",)
    assert made.meanings[:13] == (*range(12), 0)
    assert made.texts[12] == "de 0"
    assert repr(made) == "Sentences of en, de, ja: 12 in each, 3 hidden layers × 16 dimensions, from tiny"
    np.testing.assert_array_equal(made.at(4), made.vectors[1])
    with pytest.raises(ValueError, match=r"hidden_layer must be one of \[0, 4, 8\], got 1"):
        made.at(1)


def test_a_file_gives_back_what_was_saved(made: Sentences, tmp_path) -> None:
    made.save(tmp_path / "a.sentences")
    loaded = Sentences.load(tmp_path / "a.sentences")
    np.testing.assert_array_equal(loaded.vectors, made.vectors)
    for name in ("texts", "languages", "meanings", "hidden_layers", "vector", "model"):
        assert getattr(loaded, name) == getattr(made, name)
    assert loaded.by_language()["de"].shape == SHAPE


def test_other_files_are_refused_with_what_reads_them(made: Sentences, tmp_path) -> None:
    Occurrences.from_vectors(np.eye(2)).save(tmp_path / "a")
    with pytest.raises(ValueError, match=r"it holds Occurrences; read it with Occurrences\.load"):
        Sentences.load(tmp_path / "a")
    made.save(tmp_path / "a")
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[:-5] + b"12345")
    with pytest.raises(ValueError, match="a is damaged"):
        Sentences.load(tmp_path / "a")
    with pytest.raises(FileNotFoundError, match="there is no sentences file"):
        Sentences.load(tmp_path / "none")


def test_vectors_cannot_be_written(made: Sentences) -> None:
    with pytest.raises(ValueError, match="read-only"):
        made.vectors[0, 0, 0] = 1


def test_the_order_of_sentences_does_not_matter(made: Sentences) -> None:
    other = mixed(made)
    assert other.languages != made.languages
    for name, own in other.places.items():
        assert [other.meanings[place] for place in own] == list(range(12))
        np.testing.assert_array_equal(other.vectors[:, own], made.by_language()[name])


def test_centring_leaves_no_mean_to_any_language(made: Sentences) -> None:
    for one in (made, mixed(made)):
        means = [one.centred()[:, own].mean(axis=1) for own in one.places.values()]
        assert np.abs(means).max() < 1e-5
    # What was given stays as it was.
    assert np.abs(made.vectors[:, 12:24].mean(axis=1)).max() > 0.1


def test_vectors_and_texts_must_agree() -> None:
    ones = np.ones((2, 3, 4))
    with pytest.raises(ValueError, match="at least two languages"):
        Sentences.from_vectors({"en": ones})
    with pytest.raises(ValueError, match="vectors must have one shape"):
        Sentences.from_vectors({"en": ones, "de": np.ones((2, 4, 4))})
    with pytest.raises(ValueError, match="texts must have 3 sentences in each of en, de"):
        Sentences.from_vectors({"en": ones, "de": ones}, {"en": ["a"] * 3})


def test_what_does_not_translate_each_other_is_refused(made: Sentences) -> None:
    with pytest.raises(ValueError, match="the same in each language, each once; those of 'de' differ"):
        made.take(range(20))
    with pytest.raises(ValueError, match="at least two languages, got en"):
        made.take(range(12))
    with pytest.raises(ValueError, match="meanings must have one entry for each of the 2 sentences, got 1"):
        Sentences(np.ones((1, 2, 3)), ("a", "b"), ("en", "de"), (0,))
    with pytest.raises(ValueError, match="hidden_layers must name each of the 1 layers"):
        Sentences(np.ones((1, 2, 3)), ("a", "b"), ("en", "de"), (0, 0), (1, 2))
