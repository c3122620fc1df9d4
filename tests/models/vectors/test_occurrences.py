"""Occurrences have the vectors that a trace has, from any stream, on any architecture."""

import itertools
import tracemalloc
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.models.model import Model
from tests.models.architectures import ARCHITECTURES, SEQ2SEQ, wrapped
from tests.models.needed import need
from tests.models.passes.test_recording_lending import state

TEXTS = [
    "The cats sat on the mat while rain fell.",
    "a mat",
    "The dog lay on a rug.",
    "mat, mat and the mat sat on a mat!",
]


@pytest.fixture(scope="module")
def model() -> Model:
    return wrapped("BERT")


@pytest.fixture(scope="module")
def bundled() -> Model:
    need("all-MiniLM-L6-v2")
    return bp.load()


def found(model: Model, word: str, texts: object, **options: object) -> bp.Occurrences:
    return bp.occurrences(model, word, texts, progress=False, **options)


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_vectors_are_those_of_a_trace(name: str) -> None:
    model = wrapped(name)
    before = state(model.hf)
    mats = found(model, "mat", TEXTS)
    assert mats.sources == (0, 1, 3, 3, 3, 3)
    assert mats.hidden_layers == tuple(range(model.n_layers + 1))
    for place, source in enumerate(mats.sources):
        if name in SEQ2SEQ:
            hidden = model.trace(TEXTS[source], "a").encoder.hidden_states
        else:
            hidden = model.trace(TEXTS[source]).hidden_states
        start = mats.positions[place]
        expected = hidden[:, start : start + mats.subwords[place]].mean(axis=1)
        np.testing.assert_allclose(mats.vectors[:, place], expected, atol=2e-5)
    assert state(model.hf) == before


@pytest.mark.parametrize(("vector", "rows"), [("first", slice(0, 1)), ("last", slice(-1, None))])
def test_a_word_in_pieces_is_its_first_or_its_last(bundled: Model, vector: str, rows: slice) -> None:
    text = "The anesthesiologists left."
    word = found(bundled, "anesthesiologists", [text], vector=vector)
    start, count = word.positions[0], word.subwords[0]
    assert count > 2
    expected = bundled.trace(text).hidden_states[:, start : start + count][:, rows][:, 0]
    np.testing.assert_allclose(word.vectors[:, 0], expected, atol=1e-5)


@pytest.mark.parametrize("layers", [[0], [2], [0, 1], 1])
def test_a_pass_stops_at_the_deepest_layer(model: Model, layers: list[int] | int) -> None:
    every = found(model, "mat", TEXTS)
    entered: list[int] = []
    handle = model.hf.base_model.encoder.layer[1].register_forward_pre_hook(lambda *_: entered.append(1))
    try:
        some = found(model, "mat", TEXTS, hidden_layers=layers)
    finally:
        handle.remove()
    asked = [layers] if isinstance(layers, int) else layers
    np.testing.assert_array_equal(some.vectors, every.vectors[asked])
    if max(asked) == 0:
        assert not entered


def test_several_words_and_expressions_in_one_pass(bundled: Model) -> None:
    texts = ["A river bank.", "The Bank's rivers;", "BANKS of the river"]
    both = found(bundled, ["bank", "river bank"], texts, inflections=True)
    assert both.words == ("river bank", "bank", "bank")
    assert [text[slice(*span)] for text, span in zip(both.texts, both.spans, strict=True)] == [
        "river bank",
        "Bank",
        "BANKS",
    ]
    assert both.of("river bank").sources == (0,)
    with pytest.warns(UserWarning, match="'moon' stand in no text"):
        found(bundled, ["bank", "moon"], texts)


def test_senses_and_spans_come_along(model: Model) -> None:
    spans = [(4, 8), None, [(4, 7), (16, 19)], (0, 3)]
    given = found(model, "animal", TEXTS[:1] + TEXTS[2:3], spans=[(4, 8), [(4, 7), (17, 20)]])
    assert [text[slice(*span)] for text, span in zip(given.texts, given.spans, strict=True)] == [
        "cats",
        "dog",
        "rug",
    ]
    labelled = found(model, "mat", TEXTS, senses=["x", "y", None, "x"])
    assert labelled.senses == ("x", "y", "x", "x", "x", "x")
    with pytest.raises(ValueError, match=r"spans\[3\] must lie within|must be one word"):
        found(model, ["mat", "cat"], TEXTS, spans=spans)


def test_bundled_sentences_bring_their_own(bundled: Model) -> None:
    sentences = bp.sense_sentences("bank")
    bank = found(bundled, "bank", sentences, hidden_layers=[0])
    assert bank.senses == sentences.senses
    assert bank.spans == sentences.spans
    with pytest.raises(ValueError, match="bring their own"):
        found(bundled, "bank", sentences, senses=["a"])
    with pytest.raises(ValueError, match="word must be one of"):
        found(bundled, "moon", sentences)


@pytest.mark.parametrize("window", [8, 16, 64, None])
@pytest.mark.parametrize("before", [0, 3, 700])
def test_long_texts_are_windowed_around_the_word(bundled: Model, window: int | None, before: int) -> None:
    text = "one two three " * before + "the anesthesiologists met " + "four five " * 700
    word = found(bundled, "anesthesiologists", [text], window=window, hidden_layers=[0, 1])
    assert word.texts[0][slice(*word.spans[0])] == "anesthesiologists"
    whole = bundled.tokenizer(word.texts[0])["input_ids"]
    assert len(whole) <= (window or 512)
    assert word.texts[0] in text
    assert word.subwords[0] == found(bundled, "anesthesiologists", ["the anesthesiologists met"]).subwords[0]


def test_a_word_longer_than_the_window_is_refused(bundled: Model) -> None:
    with pytest.raises(ValueError, match="window must hold the word and 2 special tokens"):
        found(bundled, "anesthesiologists", ["the anesthesiologists met a word"], window=3)


def test_a_sample_is_uniform_seeded_and_in_order(model: Model) -> None:
    texts = [f"mat {'cat ' * (place % 3)}" for place in range(40)]
    first = found(model, "mat", texts, limit=10, hidden_layers=[0])
    assert (len(first), first.seen) == (10, 40)
    assert list(first.sources) == sorted(first.sources)
    assert first.sources == found(model, "mat", iter(texts), limit=10, hidden_layers=[0]).sources
    counts = np.zeros(40)
    for seed in range(200):
        counts[list(found(model, "mat", texts, limit=10, seed=seed, hidden_layers=[0]).sources)] += 1
    # Binomial(200, ¼): 50 ± 6.1; five standard deviations for forty texts.
    assert counts.sum() == 2000
    assert np.abs(counts - 50).max() < 31


def test_a_sample_of_a_long_stream_needs_no_more_memory(model: Model) -> None:
    def texts(n: int) -> Iterator[str]:
        for number in range(n):
            yield f"The mat of cat {number} " + "sat " * 40

    peaks = []
    for n in (500, 5_000):
        tracemalloc.start()
        found(model, "mat", texts(n), limit=50, hidden_layers=[0])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + 100_000


def test_a_stream_is_read_once_and_not_ahead_of_an_error(model: Model) -> None:
    def texts() -> Iterator[object]:
        yield "a mat"
        yield 3

    with pytest.raises(TypeError, match=r"texts\[1\] must be a string, got int"):
        found(model, "mat", texts())


def test_an_interrupt_hands_the_model_back(model: Model) -> None:
    before = state(model.hf)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    handle = model.hf.base_model.encoder.layer[1].register_forward_pre_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        found(model, "mat", TEXTS)
    handle.remove()
    assert state(model.hf) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("matt", TEXTS), "word must stand in texts, and 'matt' stands in none; close to it are 'mat'"),
        (("", TEXTS), "word must be a word"),
        (([], TEXTS), "word must be a word or a sequence of words, got none"),
    ],
)
def test_words_that_cannot_be_found(model: Model, arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        found(model, *arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"senses": ["a"]}, "senses must have one entry for each text, got 1 for 4"),
        ({"senses": iter(["a"])}, r"senses must have one entry for each text, and ends before texts\[1\]"),
        ({"senses": itertools.repeat("a", 9)}, "senses must have one entry for each text, got more"),
        ({"spans": [(0, 999)] * 4}, r"spans\[0\] must lie within the 40 characters"),
        ({"hidden_layers": [7]}, r"hidden_layers must be in 0\.\.3"),
        ({"hidden_layers": []}, "hidden_layers must be in"),
        ({"limit": 0}, "limit must be a whole number from 1"),
        ({"limit": True}, "limit must be a whole number from 1"),
        ({"batch_size": -1}, "batch_size must be a whole number from 1"),
        ({"window": 1}, "window must be a whole number of tokens from 3"),
        ({"vector": "max"}, "vector must be one of mean, first, last"),
    ],
)
def test_what_is_refused(model: Model, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        found(model, "mat", TEXTS, **options)


def test_one_string_is_no_stream(model: Model) -> None:
    with pytest.raises(TypeError, match="texts must be an iterable of strings, got str"):
        found(model, "mat", "a mat")


def test_empty_texts_are_left_out_and_told(model: Model) -> None:
    with pytest.warns(UserWarning, match="texts holds 2 empty ones"):
        mats = found(model, "mat", ["", "a mat", "  \n"])
    assert (mats.sources, mats.left_out) == ((1,), {"empty texts": 2})
    assert "left out: 2 empty texts" in repr(mats)


def test_a_word_that_the_tokenizer_does_not_know_is_told(bundled: Model) -> None:
    with pytest.warns(UserWarning, match="does not know '🪿': 1 of 1 vectors are those of its token"):
        found(bundled, "🪿", ["A 🪿 flies."])


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("銀行", "川のほとりに銀行がある。"),
        ("بنك", "ذهبت إلى بنك كبير"),
        ("café", "Le café est fermé"),
        ("naïve", "how naïve"),
    ],
)
def test_other_scripts(word: str, text: str) -> None:
    need("multilingual-e5-small")
    model = bp.load("multilingual-e5-small")
    one = found(model, word, [text], hidden_layers=[0, 6])
    assert text[slice(*one.spans[0])] == word
    trace = model.trace(text)
    covered = [
        place
        for place, (start, end) in enumerate(trace.offsets)
        if not trace.is_special[place] and start < one.spans[0][1] and end > one.spans[0][0]
    ]
    assert covered == list(range(one.positions[0], one.positions[0] + one.subwords[0]))


def test_a_tokenizer_without_offsets_is_told(model: Model) -> None:
    class Slow:
        is_fast = False

        def __call__(self, *_: object, **__: object) -> None: ...

        def convert_ids_to_tokens(self, ids: list[int]) -> list[str]:
            return [str(one) for one in ids]

    slow = bp.wrap(model.hf, Slow())
    with pytest.raises(ValueError, match="model must have a tokenizer that says which characters"):
        found(slow, "mat", TEXTS)


def test_half_precision_and_training_mode(bundled: Model) -> None:
    half = bp.load(dtype="bfloat16")
    half.hf.train()
    vectors = found(half, "mat", TEXTS).vectors
    assert half.hf.training
    assert vectors.dtype == np.float32
    full = found(bundled, "mat", TEXTS).vectors
    cosine = (vectors * full).sum(-1) / np.linalg.norm(vectors, axis=-1) / np.linalg.norm(full, axis=-1)
    assert cosine.min() > 0.99


def test_no_gradients_and_no_warnings(model: Model) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found(model, "mat", TEXTS)
    assert all(parameter.grad is None for parameter in model.hf.parameters())
    assert torch.is_grad_enabled()


def test_a_word_that_the_sample_left_out_is_not_said_to_be_missing(model: Model) -> None:
    texts = ["a mat"] * 30 + ["the cats"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found(model, ["mat", "cats"], texts, limit=1)


def test_nothing_but_empty_texts_is_told(model: Model) -> None:
    with pytest.raises(ValueError, match="stands in none; 2 texts are empty"):
        found(model, "mat", ["", " "])
