"""Words linked by real models: what is linked, which layer is taken, and what bad input meets."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bertviz_plus.measures.alignment.aligning import align, choose_layer
from bertviz_plus.measures.alignment.methods import METHODS
from bertviz_plus.measures.alignment.scores import evaluate_alignment
from bertviz_plus.measures.alignment.word_alignment import (
    align_pair,
    alignment_map,
    word_confidence,
    word_similarity,
)
from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.vectors.aligning import alignments, best_hidden_layer, hidden_states, read_sentences
from bertviz_plus.traces.alignment_files import read_links
from bertviz_plus.traces.alignments import Alignments, words_of
from tests.models.architectures import SEQ2SEQ, SINGLE, wrapped
from tests.models.needed import need

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "word-alignment"
SMALL = ("the dog sat .", "a cat fell on the mat .")
HOUSE = ("The house is small .", "Das Haus ist klein .")


@pytest.fixture(scope="module")
def multi() -> Model:
    return need("multilingual-e5-small")


def hansards() -> tuple[list, list]:
    if not FOLDER.is_dir():
        pytest.skip("the shared data are not beside the project")
    lines = (FOLDER / "enfr.src-tgt").read_text(encoding="utf-8").splitlines()
    return [tuple(map(words_of, line.split("|||"))) for line in lines], read_links(
        FOLDER / "enfr.gold", index_base=1
    )


def test_a_sentence_is_aligned_with_its_translation(multi):
    found = align(multi, *HOUSE)
    assert found.to_pharaoh() == "0-0 1-1 2-2 3-3 4-4"
    assert found.method == "inter"
    assert found.hidden_layer == 6
    assert found.null_source == found.null_target == ()
    assert all(0 < link.confidence <= 1 for link in found.links)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_aligns_it(multi, method):
    assert {(0, 0), (1, 1), (2, 2), (3, 3)} <= align(multi, *HOUSE, method=method).pairs


def test_strings_and_lists_of_words_are_the_same(multi):
    assert align(multi, *HOUSE).links == align(multi, *(side.split() for side in HOUSE)).links


def test_languages_without_spaces_are_given_as_words(multi):
    found = align(multi, ["The", "cat", "drinks", "water", "."], ["猫", "は", "水", "を", "飲む", "。"])
    assert {(1, 0), (3, 2), (2, 4), (4, 5)} <= found.pairs
    assert 3 in found.null_target


def test_a_string_in_a_script_without_spaces_is_told(multi):
    with pytest.warns(UserWarning, match="has none where its words end: give a list of words"):
        align(multi, "The cat drinks water .", "猫は水を飲みます。")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        align(multi, "The cat drinks water .", "猫 は 水 を 飲む 。")


def test_confidence_is_spread_and_lower_where_words_are_alike(multi):
    pairs, _ = hansards()
    read = alignments(multi, pairs[:60], hidden_layers=[6], progress=False)
    sure = np.array([link.confidence for p in range(60) for link in align_pair(read, p).links])
    # Neither all near 1 nor all near 0: the middle half covers a third of the scale.
    low, middle, high = np.percentile(sure, [10, 50, 90])
    assert low < 0.6
    assert 0.5 < middle < 0.98
    assert high > 0.9


def test_the_chosen_layer_and_method_meet_the_bar_on_the_hansards(multi):
    pairs, gold = hansards()
    dev = alignments(multi, pairs[:100], gold=gold[:100], hidden_layers=range(3, 10), progress=False)
    choice = choose_layer(multi, dev, ["fwd", "rev", "inter", "itermax", "mwmf"])
    assert (choice.hidden_layer, choice.method) == (6, "inter")
    assert choice.aer == pytest.approx(0.081, abs=0.001)
    assert "inter" in repr(choice)
    test = alignments(multi, pairs[100:], hidden_layers=[choice.hidden_layer], progress=False)
    found = [align_pair(test, place, method=choice.method) for place in range(len(test))]
    assert evaluate_alignment(found, gold[100:]).aer <= 0.08


def test_the_documented_layer_is_taken_and_none_is_guessed(multi):
    assert best_hidden_layer(multi) == 6
    model = wrapped("BERT")
    assert best_hidden_layer(model) is None
    with pytest.raises(ValueError, match=r"hidden_layer must be given.*choose_layer\(model, dev\)"):
        align(model, *SMALL)
    with pytest.raises(ValueError, match="hidden_layer must be given"):
        align_pair(alignments(model, [SMALL], progress=False))


@pytest.mark.parametrize("name", SINGLE)
def test_any_model_gives_links_at_any_layer(name):
    model = wrapped(name)
    read = alignments(model, [SMALL, (SMALL[1], SMALL[0])], gold=["0-0", None], progress=False)
    assert read.hidden_layers == tuple(range(model.n_layers + 1))
    for layer in read.hidden_layers:
        assert align_pair(read, hidden_layer=layer, method="rev").links
    table = alignment_map(read)
    assert table.shape == (model.n_layers + 1, len(METHODS))
    assert not table.isna().to_numpy().any()


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_an_encoder_decoder_is_refused_with_a_way_out(name):
    with pytest.raises(ValueError, match="wrap the encoder"):
        align(wrapped(name), *SMALL, hidden_layer=1)


def test_batches_and_deeper_passes_change_nothing():
    model = wrapped("BERT")
    pairs = [SMALL, ("cat", "the dog sat on the mat and fell"), (SMALL[1], SMALL[1])]
    together = alignments(model, pairs, progress=False)
    for place, one in enumerate(pairs):
        for layer in (0, 1, model.n_layers):
            alone = alignments(model, [one], hidden_layers=[layer], progress=False)[0]
            # Batched arithmetic rounds differently.
            np.testing.assert_allclose(alone.cosines[0], together[place].cosines[layer], atol=1e-5)
            np.testing.assert_allclose(alone.source_norms[0], together[place].source_norms[layer], atol=1e-4)


@pytest.mark.parametrize("name", SINGLE)
def test_gathered_vectors_are_those_of_a_trace(name):
    model = wrapped(name)
    sentences = [words_of(one) for one in (*SMALL, "the cat lay on the mat while it fell")]
    encoded = read_sentences(model, sentences)
    layers = tuple(range(0, model.n_layers + 1, 2))
    places = []
    for place, vectors in hidden_states(model, encoded, layers, batch_size=2):
        places.append(place)
        trace = model.trace(words=sentences[place], keep=("hidden_states",))
        kept = [k for k, word in enumerate(encoded[place].described.word_ids) if word >= 0]
        # Batched arithmetic rounds differently.
        np.testing.assert_allclose(vectors, trace.hidden_states[list(layers)][:, kept], atol=1e-4)
    assert sorted(places) == [0, 1, 2]


@pytest.mark.parametrize("measure", ["aer", "confidence"])
def test_the_map_is_that_of_each_layer_and_method_alone(multi, measure):
    gold = ["0-0 1?1", None, "0-0"]
    read = alignments(
        multi, [SMALL, (SMALL[1], SMALL[0]), ("A cat", "Eine Katze")], gold=gold, progress=False
    )
    table = alignment_map(read, measure=measure)
    with_gold = [place for place, one in enumerate(gold) if one is not None]
    for method in METHODS:
        for layer in (0, 6, 12):
            each = [align_pair(read, place, method=method, hidden_layer=layer) for place in range(3)]
            if measure == "aer":
                links = [each[place] for place in with_gold]
                alone = evaluate_alignment(links, [gold[place] for place in with_gold], resamples=0).aer
            else:
                alone = np.mean([link.confidence for one in each for link in one.links])
            assert table.loc[layer, method] == pytest.approx(alone, abs=1e-12)


def test_the_map_of_cosines_that_are_no_numbers_is_refused(multi):
    read = alignments(multi, [SMALL], progress=False)
    cosines = read[0].cosines.copy()
    cosines[3, 0, 0] = np.nan
    broken = Alignments((replace(read[0], cosines=cosines),), read.hidden_layers)
    with pytest.raises(ValueError, match="finite numbers, but 1 of"):
        alignment_map(broken)


def test_the_model_comes_back_as_it_came():
    model = wrapped("BERT")
    model.hf.train()
    align(model, *SMALL, hidden_layer=1)
    assert model.hf.training
    assert not model.hf.base_model.encoder.layer[0]._forward_pre_hooks
    model.hf.eval()


def test_tokens_are_those_of_the_one_by_one_path(multi):
    sentences = [words_of(side) for side in HOUSE] + [("a\tb", "\u200b", "naïve"), ("", "x")]
    for words, fast in zip(sentences, read_sentences(multi, sentences), strict=True):
        slow = multi._encode(_words(words), truncation=True)
        assert fast.input_ids == slow.input_ids
        assert fast.described.word_ids == slow.described.word_ids


def _words(words):
    from bertviz_plus.models.passes.encoding import Given

    return Given(words=words)


def test_the_same_sentence_twice_is_the_diagonal(multi):
    found = align(multi, HOUSE[0], HOUSE[0])
    assert found.to_pharaoh() == "0-0 1-1 2-2 3-3 4-4"


@pytest.mark.parametrize("method", METHODS)
def test_one_word_against_one_and_against_many(multi, method):
    assert align(multi, "house", "Haus", method=method).to_pharaoh() == "0-0"
    many = align(multi, "house", HOUSE[1], method=method)
    assert (0, 1) in many.pairs


@pytest.mark.parametrize("empty", ["", "   ", [], [""], ["", " "]])
def test_an_empty_sentence_is_refused(empty):
    with pytest.raises(ValueError, match="source must hold at least one word"):
        align(wrapped("BERT"), empty, "cat", hidden_layer=1)


def test_six_hundred_subwords_are_cut_with_a_warning_and_the_rest_is_null(multi):
    long = ["house"] * 600
    with pytest.warns(UserWarning, match="602 tokens and the model reads 512: 90 were cut"):
        found = align(multi, long, ["Haus"] * 3)
    assert set(range(510, 600)) <= set(found.null_source)


def test_tabs_and_zero_width_spaces_inside_words_do_not_move_the_others(multi):
    found = align(multi, ["The", "ho\u200buse", "is", "sm\tall", "\u200b", "."], HOUSE[1])
    assert {(0, 0), (2, 2), (5, 4)} <= found.pairs
    assert found.source == ("The", "ho\u200buse", "is", "sm\tall", "\u200b", ".")


def test_a_word_of_which_no_token_is_made_has_no_partner():
    read = alignments(wrapped("BERT"), [(["the", "", "dog"], ["a", "cat"])], progress=False)
    assert read[0].cut_source == (1,)
    found = align_pair(read, method="edge_cover", hidden_layer=1)
    assert found.null_source == (1,)
    assert (word_confidence(read[0], 1)[1] == 0).all()
    assert np.isnan(word_similarity(read[0], 1)[1]).all()


def test_gold_beyond_the_sentence_is_refused():
    with pytest.raises(ValueError, match=r"gold must link words 0..3 with 0..6, got 9-0"):
        alignments(wrapped("BERT"), [SMALL], gold=["9-0"], progress=False)


def test_gold_that_does_not_fit_is_named_before_anything_is_read(monkeypatch):
    model = wrapped("BERT")
    monkeypatch.setattr(model, "_request", lambda *_: pytest.fail("the model was run"))
    with pytest.raises(ValueError, match=r"gold\[1\]: gold must link words 0..3 with 0..6, got 9-0"):
        alignments(model, [SMALL, SMALL], gold=["0-0", "9-0"], progress=False)
    with pytest.raises(ValueError, match=r"gold\[1\]: links must look like"):
        alignments(model, [SMALL, SMALL], gold=[None, "x"], progress=False)


def test_half_a_character_is_refused_and_named():
    with pytest.raises(ValueError, match=r"pairs\[0\]: target must be text that UTF-8 can write"):
        align(wrapped("BERT"), "the cat", "the \ud800 cat", hidden_layer=1)


def test_pairs_may_be_a_generator_and_what_is_none_is_named():
    model = wrapped("BERT")
    assert len(alignments(model, (pair for pair in [SMALL, SMALL]), progress=False)) == 2
    with pytest.raises(TypeError, match="pairs must have one entry for each pair, in a list; got None"):
        alignments(model, None, progress=False)


def test_a_model_of_one_language_works_and_says_what_to_expect():
    model = need("all-MiniLM-L6-v2")
    with pytest.warns(UserWarning, match="trained on English alone"):
        found = align(model, *HOUSE, hidden_layer=3)
    assert (4, 4) in found.pairs


def test_a_tokenizer_that_knows_no_word_of_a_sentence_says_so():
    with pytest.warns(UserWarning, match="does not know 2 of the 4 subwords"):
        align(wrapped("BERT"), "猫 犬", "the cat", hidden_layer=1)


def test_what_is_asked_wrongly_is_named():
    model = wrapped("BERT")
    with pytest.raises(ValueError, match=r"method must be one of fwd, .* got 'best'"):
        align(model, *SMALL, method="best", hidden_layer=1)
    with pytest.raises(ValueError, match=rf"hidden_layer must be in 0..{model.n_layers} .* got 99"):
        align(model, *SMALL, hidden_layer=99)
    with pytest.raises(TypeError, match="source must be a string or a list of words, got int"):
        align(model, 3, "cat", hidden_layer=1)
    with pytest.raises(TypeError, match="model must be a bertviz_plus model"):
        align(model.hf, *SMALL, hidden_layer=1)
    with pytest.raises(ValueError, match="distortion is defined for fwd"):
        align(model, *SMALL, method="softmax", hidden_layer=1, distortion=0.5)
    with pytest.raises(TypeError, match="method 'inter' takes other options"):
        align(model, *SMALL, hidden_layer=1, epsilon=0.1)
    with pytest.raises(TypeError, match=r"pairs\[0\] must be \(source, target\)"):
        alignments(model, ["the cat"], progress=False)
    with pytest.raises(TypeError, match="gold must have one entry for each pair, in a list; got '0-0'"):
        alignments(model, [SMALL], gold="0-0", progress=False)
    with pytest.raises(ValueError, match="batch_size must be a whole number from 1, or None, got 0"):
        alignments(model, [SMALL], batch_size=0, progress=False)
    with pytest.raises(ValueError, match=r"dev must hold \(source, target, gold\)"):
        choose_layer(model, [SMALL])
    with pytest.raises(ValueError, match="needs gold"):
        alignment_map(alignments(model, [SMALL], progress=False), measure="aer")
    with pytest.raises(ValueError, match="read by no model"):
        word_confidence(Alignments.from_words([SMALL])[0], 0)


def test_distortion_draws_links_to_the_diagonal():
    model = wrapped("BERT")
    read = alignments(model, [("cat " * 8, "cat " * 8)], hidden_layers=[model.n_layers], progress=False)
    plain, drawn = (
        align_pair(read, method="fwd", hidden_layer=model.n_layers, distortion=ratio) for ratio in (0.0, 1.0)
    )
    distance = [sum(abs(link.source - link.target) for link in found.links) for found in (plain, drawn)]
    assert distance[1] <= distance[0]


def test_a_slow_tokenizer_aligns_too():
    model = wrapped("BERT")

    class Slow:
        """The same tokenizer, keeping its alignment to itself."""

        is_fast = False

        def __init__(self, own):
            self._own = own

        def __getattr__(self, name):
            return getattr(self._own, name)

        def __call__(self, *args, **options):
            return self._own(*args, **options)

    slow = wrap(model.hf, Slow(model.tokenizer))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert align(slow, *SMALL, hidden_layer=1).links == align(model, *SMALL, hidden_layer=1).links
