"""Attention in any usual form becomes a trace, and what cannot is refused with what to do."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, GPT2Config, GPT2Model

from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

TOKENS = ["[CLS]", "the", "run", "##ning", "[SEP]"]


def uniform(layers=2, heads=3, n=5, m=None):
    m = m or n
    return np.full((layers, heads, n, m), 1 / m, np.float32)


@pytest.mark.parametrize(
    "given",
    [
        uniform(),
        uniform()[:, np.newaxis],
        list(uniform()),
        tuple(uniform()[:, np.newaxis]),
        uniform().tolist(),
        uniform().astype(np.float16),
        uniform().astype(np.float64),
        torch.tensor(uniform()),
        tuple(torch.tensor(layer)[None] for layer in uniform()),
        [torch.tensor(layer).to(torch.bfloat16) for layer in uniform()],
        [torch.tensor(layer).half() for layer in uniform()],
        [torch.tensor(layer, requires_grad=True) for layer in uniform()],
    ],
    ids=[
        *("array", "array-batch", "list", "tuple-batch", "numbers", "float16", "float64"),
        *("tensor", "tensors-batch", "bfloat16", "half", "gradient"),
    ],
)
def test_every_usual_form_is_taken(given):
    trace = Trace.from_attention(given, TOKENS)
    assert trace.attention.shape == (2, 3, 5, 5)
    assert trace.attention.dtype == np.float32
    # bfloat16 keeps 8 bits of .2.
    np.testing.assert_allclose(trace.attention, 0.2, atol=1e-3)
    assert trace.layers == (0, 1)


def test_tokens_are_legible_and_specials_are_known():
    trace = Trace.from_attention(uniform(), TOKENS)
    assert trace.tokens == ("[CLS]", "the", "run", "ning", "[SEP]")
    assert trace.is_special == (True, False, False, False, True)
    assert Trace.from_attention(uniform(), TOKENS, prettify_tokens=False).tokens == tuple(TOKENS)


def test_words_are_not_guessed():
    trace = Trace.from_attention(uniform(), TOKENS)
    assert trace.words is None
    assert trace.word_ids is None
    with pytest.raises(ValueError, match="to_words needs words"):
        trace.to_words()
    given = Trace.from_attention(uniform(), TOKENS, word_ids=[-1, 0, 1, 1, -1])
    assert given.to_words().tokens == ("[CLS]", "the", "running", "[SEP]")


def test_the_second_text_begins_where_it_is_said_to():
    assert Trace.from_attention(uniform(), TOKENS, 3).segment_ids == (0, 0, 0, 1, 1)
    for wrong in (0, 5, -1, True, "2", 1.5):
        with pytest.raises(ValueError, match=r"pair_start must be .* 1..4 for 5 tokens"):
            Trace.from_attention(uniform(), TOKENS, wrong)


def test_layers_keep_the_models_numbers():
    trace = Trace.from_attention(uniform(), TOKENS, layers=[3, 7])
    assert trace.attention_of(7).shape == (3, 5, 5)
    with pytest.raises(ValueError, match="layer must be one of 3, 7 for this trace, got 1"):
        trace.attention_of(1)
    with pytest.raises(ValueError, match="layers must number each of the 2 layers of attention, got 1"):
        Trace.from_attention(uniform(), TOKENS, layers=[3])


@pytest.mark.parametrize("empty", [(), [], None])
def test_no_attention_is_explained(empty):
    with pytest.raises(ValueError, match=r'attn_implementation="eager".*model\.trace'):
        Trace.from_attention(empty, TOKENS)


def test_a_layer_without_attention_is_explained():
    with pytest.raises(ValueError, match=r"attention\[1\] is None.*eager"):
        Trace.from_attention([uniform()[0], None], TOKENS)


@pytest.mark.parametrize(
    ("attention", "tokens", "message"),
    [
        (uniform(n=4), TOKENS, "tokens has 5 tokens, attention is for 4"),
        ([np.ones((2, 3, 5, 5)) / 5], TOKENS, r"attention\[0\] holds a batch of 2 texts.*layer\[i:i\+1\]"),
        (uniform(m=4), TOKENS, r"must be square.*5 rows and 4 columns.*Seq2SeqTrace"),
        (uniform()[0], TOKENS, r"attention\[0\] must have the shape \[heads, queries, keys\].*got \[5, 5\]"),
        ([uniform()[0], uniform(heads=4)[0]], TOKENS, r"one shape, got \[3, 5, 5\] and \[4, 5, 5\]"),
        ("attention", TOKENS, r"attention\[0\] must be numbers"),
        (uniform(), "a cat", "tokens must be a sequence of strings, one per token, got one string"),
        (uniform(), [1, 2, 3, 4, 5], r"tokens\[0\] must be a string, got int 1"),
        (uniform(), 5, "tokens must be a sequence of strings, one per token, got int 5"),
    ],
)
def test_what_does_not_fit_is_refused(attention, tokens, message):
    with pytest.raises(ValueError, match=message):
        Trace.from_attention(attention, tokens)


def test_rows_that_do_not_sum_to_one_are_named():
    weights = uniform()
    weights[1, 2, 3] *= 3
    weights[0, 0, 0] *= 1.5
    with pytest.warns(
        UserWarning, match=r"2 rows .* row 3 of layer 1, head 2, with a sum of 3.*normalise=True"
    ):
        kept = Trace.from_attention(weights, TOKENS)
    assert kept.attention[1, 2, 3].sum() == pytest.approx(3)
    divided = Trace.from_attention(weights, TOKENS, normalise=True)
    np.testing.assert_allclose(divided.attention.sum(-1), 1, atol=1e-6)
    assert weights[1, 2, 3].sum() == pytest.approx(3), "the caller's own array is left as it was"


def test_missing_weights_are_kept_and_counted():
    weights = uniform()
    weights[0, 0, 0, 1] = np.nan
    weights[1, 1, 1, 2:4] = np.inf, -np.inf
    for normalise in (False, True):
        trace = Trace.from_attention(weights, TOKENS, normalise=normalise)
        assert trace.missing == 3
        assert np.isnan(trace.attention[0, 0, 0, 1])
    assert "3 attention weights are missing" in repr(trace)


def test_rows_of_zeros_are_left_when_normalising():
    weights = uniform()
    weights[0, 0, 0] = 0
    trace = Trace.from_attention(weights, TOKENS, normalise=True)
    assert (trace.attention[0, 0, 0] == 0).all()


def test_a_look_back_only_is_causal():
    assert Trace.from_attention(np.tril(np.ones((1, 1, 3, 3))), ["a", "b", "c"], normalise=True).causal
    assert not Trace.from_attention(uniform(), TOKENS).causal


def test_odd_tokens_are_data():
    odd = ["</script><img onerror=alert(1)>", "שלום", "👩‍👩‍👧‍👦", "\u200b", "x" * 200]
    trace = Trace.from_attention(uniform(), odd)
    assert trace.tokens == tuple(odd)
    assert "\u200b" not in repr(trace), "what cannot be seen is escaped in the repr"


@pytest.fixture(scope="module")
def bert():
    torch.manual_seed(0)
    config = BertConfig(
        hidden_size=12, num_attention_heads=3, num_hidden_layers=2, intermediate_size=16, vocab_size=30522
    )
    return BertModel._from_config(config, attn_implementation="eager").eval()


def test_a_pass_of_ones_own(bert, minilm):
    inputs = minilm("Unbelievably so", "the cat", return_tensors="pt")
    with torch.no_grad():
        outputs = bert(**inputs, output_attentions=True, output_hidden_states=True)
    trace = Trace.from_outputs(outputs, inputs, minilm, text="Unbelievably so", pair="the cat")
    assert trace.words == ("Unbelievably", "so", "the", "cat")
    assert trace.token_ids == tuple(inputs["input_ids"][0].tolist())
    assert trace.hidden_states.shape == (3, trace.n_tokens, 12)
    np.testing.assert_array_equal(trace.attention[1], outputs.attentions[1][0].numpy())
    # Single precision sums of nine weights.
    np.testing.assert_allclose(trace.to_words().attention.sum(-1), 1, atol=1e-5)


def test_padding_is_left_out_of_a_pass(bert, minilm):
    plain = minilm("the cat", return_tensors="pt")
    padded = minilm("the cat", padding="max_length", max_length=9, return_tensors="pt")
    with torch.no_grad():
        traces = [
            Trace.from_outputs(
                bert(**inputs, output_attentions=True, output_hidden_states=True), inputs, minilm
            )
            for inputs in (plain, padded)
        ]
    assert traces[0].tokens == traces[1].tokens == ("[CLS]", "the", "cat", "[SEP]")
    # Padding changes the order in which single precision adds.
    np.testing.assert_allclose(traces[0].attention, traces[1].attention, atol=1e-6)


def test_a_plain_dict_has_no_words(bert, minilm):
    inputs = dict(minilm("Unbelievably so", return_tensors="pt"))
    with torch.no_grad():
        trace = Trace.from_outputs(bert(**inputs, output_hidden_states=True), inputs, minilm)
    assert trace.words is None
    assert trace.attention is None
    assert trace.tokens[1:3] == ("un", "bel")
    assert trace.n_layers == 2


def test_a_causal_model_is_known_by_its_weights(byte_level):
    config = GPT2Config(n_embd=8, n_head=2, n_layer=1, vocab_size=len(byte_level))
    model = GPT2Model._from_config(config, attn_implementation="eager").eval()
    inputs = byte_level("The cat sat", return_tensors="pt")
    with torch.no_grad():
        trace = Trace.from_outputs(model(**inputs, output_attentions=True), inputs, byte_level)
    assert trace.causal
    assert trace.tokens[1] == "The"


def test_outputs_that_cannot_be_read_are_explained(bert, minilm):
    one = minilm(["the cat"], return_tensors="pt")
    two = minilm(["the cat", "the dog"], return_tensors="pt")
    with torch.no_grad():
        outputs = bert(**two, output_attentions=True)
    with pytest.raises(ValueError, match="inputs hold a batch of 2 texts"):
        Trace.from_outputs(outputs, two, minilm)
    with pytest.raises(ValueError, match="output_attentions=True"):
        Trace.from_outputs(bert(**one), one, minilm)
    with pytest.raises(ValueError, match='attn_implementation="eager"'):
        Trace.from_outputs(SimpleNamespace(attentions=(), hidden_states=None), one, minilm)
    with pytest.raises(ValueError, match=r"inputs have 4 tokens, outputs.attentions are for \[9, 9\]"):
        Trace.from_outputs(SimpleNamespace(attentions=uniform(n=9), hidden_states=None), one, minilm)
    with pytest.raises(ValueError, match="input_ids"):
        Trace.from_outputs(outputs, "the cat", minilm)
    with pytest.raises(ValueError, match="encoder–decoder"):
        Trace.from_outputs(SimpleNamespace(encoder_attentions=(1,)), one, minilm)


def test_an_encoder_decoders_attention():
    source, target = ["▁Hund", "e", "</s>"], ["<pad>", "▁dog"]
    trace = Seq2SeqTrace.from_attention(
        uniform(n=3), uniform(n=2), uniform(n=2, m=3), encoder_tokens=source, decoder_tokens=target
    )
    assert trace.cross.shape == (2, 3, 2, 3)
    assert trace.cross_layers == (0, 1)
    assert trace.encoder.tokens == ("Hund", "e", "</s>")
    assert trace.decoder.is_special == (True, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of encoder_attention, decoder_attention and cross_attention must be given"),
        (
            {"cross_attention": uniform()},
            "encoder_tokens must be given with encoder_attention and with cross",
        ),
        (
            {"cross_attention": uniform(), "encoder_tokens": TOKENS, "decoder_tokens": TOKENS[:3]},
            "decoder_tokens has 3 tokens, .* is for 5",
        ),
        (
            {"encoder_attention": (), "encoder_tokens": TOKENS},
            'encoder_attention is empty.*attn_implementation="eager"',
        ),
    ],
)
def test_an_encoder_decoders_attention_that_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Seq2SeqTrace.from_attention(**options)


def test_each_side_of_an_encoder_decoder_may_be_left_out():
    trace = Seq2SeqTrace.from_attention(encoder_attention=uniform(), encoder_tokens=TOKENS)
    assert trace.cross is None
    assert trace.decoder.tokens == ()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "nothing kept" in repr(trace)


def test_outputs_that_end_in_something_else_are_named() -> None:
    with pytest.raises(ValueError, match=r"outputs\[-1\] is not attention any more: pass outputs.attentions"):
        Trace.from_attention((), TOKENS)


def test_a_place_may_be_a_tensor_of_one_element() -> None:
    for start in (np.array([3]), np.int64(3), torch.tensor([3]), torch.tensor(3)):
        assert Trace.from_attention(uniform(), TOKENS, start).segment_ids == (0, 0, 0, 1, 1)


def test_inputs_made_of_words_keep_their_words(byte_level) -> None:
    inputs = byte_level([["the", "cat"]], is_split_into_words=True)
    n = len(inputs["input_ids"][0])
    outputs = SimpleNamespace(attentions=(np.full((1, 1, n, n), 1 / n),), hidden_states=None)
    trace = Trace.from_outputs(outputs, inputs, byte_level)
    assert len(trace.words) == 2
    whole = Trace.from_outputs(outputs, inputs, byte_level, text="the cat")
    assert whole.words == ("the", "cat")
    assert "".join(whole.tokens[1:-1]) == "thecat"


def test_a_text_that_is_another_is_refused(minilm) -> None:
    inputs = minilm("the cat sat")
    n = len(inputs["input_ids"])
    outputs = SimpleNamespace(attentions=(np.full((1, 1, n, n), 1 / n),), hidden_states=None)
    with pytest.raises(ValueError, match="text must be what inputs were made of"):
        Trace.from_outputs(outputs, inputs, minilm, text="a")
    cut = minilm("the cat sat on the mat", truncation=True, max_length=n)
    assert Trace.from_outputs(outputs, cut, minilm, text="the cat sat on the mat").tokens[1] == "the"
