"""What `Model.trace` takes, gives and refuses."""

from typing import Any

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from bertviz_plus.models.model import Model, wrap
from tests.models.architectures import ARCHITECTURES, PAIR, SINGLE, TEXT, tokenizer, wrapped


@pytest.fixture(scope="module")
def model() -> Model:
    return wrapped("BERT")


def blocks_run(model: Model, **options: Any) -> int:
    run = []
    # Its first trace tries the model on a few tokens.
    model.trace(TEXT, PAIR if model.is_encoder_decoder else None, **options)
    hooks = [
        block.register_forward_hook(lambda *_: run.append(1))
        for stack in model._stacks
        for block in stack.blocks
    ]
    model.trace(TEXT, PAIR if model.is_encoder_decoder else None, **options)
    for hook in hooks:
        hook.remove()
    return len(run)


def test_a_trace_says_what_it_is_of(model: Model) -> None:
    trace = model.trace(TEXT, PAIR)
    assert (trace.text, trace.pair) == (TEXT, PAIR)
    assert trace.tokens[:4] == ("[CLS]", "The", "cat", "s")
    assert trace.words[:2] == ("The", "cats")
    assert trace.segment_ids[0] == 0
    assert trace.segment_ids[-1] == 1
    assert trace.layers == (0, 1, 2)
    assert trace.truncated == 0
    assert (trace.model.architecture, trace.model.layers, trace.model.heads) == ("BertModel", 3, 4)
    assert {"torch", "transformers", "bertviz_plus"} <= set(trace.model.versions)
    assert trace.scaling == pytest.approx([6**-0.5] * 3)
    assert not trace.attention.flags.writeable


def test_the_second_text_of_a_pair_is_read_as_such(model: Model) -> None:
    trace = model.trace(TEXT, PAIR)
    encoding = model.tokenizer(TEXT, PAIR, return_tensors="pt")
    assert encoding["token_type_ids"].max() == 1
    with torch.no_grad():
        outputs = model.hf(**encoding)
    np.testing.assert_allclose(trace.hidden_states[-1], outputs.last_hidden_state[0].numpy(), atol=1e-5)


def test_words_may_be_given(model: Model) -> None:
    words = ["The", "cats", "sat", "on  the", "mat."]
    trace = model.trace(words=words, pair_words=["A", "dog"])
    assert trace.words == (*words, "A", "dog")
    assert trace.to_words().tokens == ("[CLS]", *words, "[SEP]", "A", "dog", "[SEP]")


@pytest.mark.parametrize("keep", [("attention",), ("hidden_states",), ("values", "context"), "scores"])
def test_what_is_not_asked_for_is_not_kept(model: Model, keep: Any) -> None:
    trace = model.trace(TEXT, keep=keep)
    names = {keep} if isinstance(keep, str) else set(keep)
    every = {"attention", "hidden_states", "queries", "keys", "values", "scores", "context", "output_norms"}
    assert {name for name in every if getattr(trace, name) is not None} == names


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("BERT", {}, 3),
        ("BERT", {"layers": [1]}, 2),
        # With attention alone the pass stops inside the block, whose end is not reached.
        ("BERT", {"layers": [0, 1], "keep": ("attention",)}, 1),
        ("BERT", {"layers": [1], "keep": ("hidden_states",)}, 2),
        ("BERT", {"layers": [0], "keep": ("output_norms",)}, 1),
        ("ALBERT", {"layers": [1]}, 2),
        ("GPT-2", {"layers": [0], "keep": ("queries",)}, 0),
        ("BART", {"layers": [0]}, 4),
        ("BART", {"layers": [1], "keep": ("attention",)}, 4),
        ("MPNet", {"layers": [0], "keep": ("hidden_states",)}, 1),
    ],
)
def test_a_pass_stops_at_the_deepest_layer_asked_for(name: str, options: Any, expected: int) -> None:
    assert blocks_run(wrapped(name), **options) == expected


@pytest.mark.parametrize("name", SINGLE)
def test_some_layers_are_those_of_all(name: str) -> None:
    model = wrapped(name)
    whole, some = model.trace(TEXT), model.trace(TEXT, layers=[1])
    assert some.layers == (1,)
    np.testing.assert_array_equal(some.attention_of(1), whole.attention_of(1))
    np.testing.assert_array_equal(some.hidden_states, whole.hidden_states[:3])


@pytest.mark.parametrize("name", [name for name in SINGLE if ARCHITECTURES[name].head])
def test_a_model_with_a_head_is_traced_as_without(name: str) -> None:
    model = wrapped(name, head=True)
    bare = wrap(model.hf.base_model, model.tokenizer)
    np.testing.assert_array_equal(model.trace(TEXT).attention, bare.trace(TEXT).attention)
    np.testing.assert_array_equal(model.trace(TEXT).hidden_states, bare.trace(TEXT).hidden_states)


def test_arrays_may_be_float16(model: Model) -> None:
    half = model.trace(TEXT, dtype="float16")
    assert half.attention.dtype == half.hidden_states.dtype == np.float16
    np.testing.assert_allclose(half.attention, model.trace(TEXT).attention, atol=5e-4)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", ["BERT", "ModernBERT", "Llama", "T5"])
def test_models_in_half_precision_work(name: str, dtype: torch.dtype) -> None:
    whole = wrapped(name)
    half = wrap(ARCHITECTURES[name].build().to(dtype), whole.tokenizer)
    keep = ("attention", "hidden_states", "scores", "context", "output_norms")
    one, other = whole.trace(TEXT, PAIR, keep=keep), half.trace(TEXT, PAIR, keep=keep)
    if whole.is_encoder_decoder:
        one, other = one.decoder, other.decoder
    assert other.attention.dtype == np.float32
    # bfloat16 has 8 bits of mantissa.
    np.testing.assert_allclose(one.attention, other.attention, atol=0.03)
    np.testing.assert_allclose(other.attention.sum(-1), 1, atol=0.02)


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
def test_a_quantised_model_works() -> None:
    whole = wrapped("BERT")
    hf = torch.ao.quantization.quantize_dynamic(whole.hf, {torch.nn.Linear}, dtype=torch.qint8)
    quantised = wrap(hf, whole.tokenizer)
    trace = quantised.trace(TEXT, keep=("attention", "hidden_states", "queries", "output_norms"))
    np.testing.assert_allclose(trace.attention, whole.trace(TEXT).attention, atol=0.02)
    np.testing.assert_allclose(
        trace.output_norms, whole.trace(TEXT, keep="output_norms").output_norms, atol=0.02
    )
    assert "int8" in repr(quantised)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_a_model_on_another_device_works() -> None:
    whole = wrapped("BERT")
    there = wrap(ARCHITECTURES["BERT"].build().to("cuda"), whole.tokenizer)
    trace = there.trace(TEXT, keep=("attention", "hidden_states", "output_norms"))
    np.testing.assert_allclose(trace.attention, whole.trace(TEXT).attention, atol=1e-4)
    assert there.hf.device.type == "cuda"


@pytest.mark.parametrize("name", ["BERT", "RoBERTa", "GPT-2", "DeBERTa-v2"])
def test_a_text_longer_than_the_model_is_cut_and_that_is_said(name: str) -> None:
    model = wrap(ARCHITECTURES[name].build(max_position_embeddings=20), tokenizer(ARCHITECTURES[name].frame))
    # RoBERTa keeps its first positions for padding.
    assert model.max_tokens == (19 if name == "RoBERTa" else 20)
    long = "cat " * 40
    whole = len(model.tokenizer(long)["input_ids"])
    with pytest.warns(UserWarning, match=f"text has {whole} tokens and the model reads {model.max_tokens}: "):
        trace = model.trace(long)
    assert trace.truncated == whole - model.max_tokens
    assert trace.n_tokens == model.max_tokens
    with pytest.raises(ValueError, match=f"text has {whole} tokens and the model reads {model.max_tokens}"):
        model.trace(long, truncation=False)


def test_a_short_text_after_a_cut_one_is_whole(model: Model) -> None:
    with pytest.warns(UserWarning, match="were cut"):
        model.trace("cat " * 100)
    assert model.trace("cat " * 60).truncated == 0


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"text": ""}, ValueError, "text must be a string that is not empty, got ''"),
        ({"text": " \n"}, ValueError, "text must be a string that is not empty"),
        ({"text": TEXT, "pair": " "}, ValueError, "pair must be a string that is not empty"),
        ({}, ValueError, "text must be a string that is not empty, got nothing"),
        ({"text": [TEXT, PAIR]}, TypeError, r"text must be one string, got a list of 2; .*model\.traces"),
        ({"text": 5}, TypeError, "text must be a string, got int"),
        ({"text": TEXT, "words": ["a"]}, ValueError, "text and words cannot both be given"),
        ({"words": "the cat"}, TypeError, "words must be a list of words, got str"),
        ({"words": []}, ValueError, "words must hold at least one word"),
        ({"words": ["a", 5]}, TypeError, "words must be a list of strings, got a int in it"),
        (
            {"words": ["a"], "pair": "b"},
            ValueError,
            "text and pair must both be strings, or both lists of words",
        ),
        (
            {"text": TEXT, "keep": ("attentions",)},
            ValueError,
            "keep must name some of attention, .*got 'attentions'",
        ),
        ({"text": TEXT, "keep": ()}, ValueError, "keep must name some of"),
        (
            {"text": TEXT, "layers": [3]},
            ValueError,
            r"layers must be in 0\.\.2 for this model of 3 layers, got 3",
        ),
        ({"text": TEXT, "layers": [-1]}, ValueError, r"layers must be in 0\.\.2"),
        ({"text": TEXT, "layers": []}, ValueError, "layers must name at least one layer"),
        ({"text": TEXT, "layers": ["a"]}, TypeError, "layers must be whole numbers"),
        (
            {"text": TEXT, "dtype": "float64"},
            ValueError,
            "dtype must be 'float32' or 'float16', got 'float64'",
        ),
    ],
)
def test_what_cannot_be_traced_is_refused(
    model: Model, given: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        model.trace(**given)


def test_a_foreign_tokenizer_is_recognised() -> None:
    model = wrap(ARCHITECTURES["BERT"].build(vocab_size=10), tokenizer())
    with pytest.raises(
        ValueError, match=r"tokenizer does not belong to the model: .*BertModel embeds the ids 0\.\.9"
    ):
        model.trace(TEXT)


def test_only_models_and_tokenizers_are_wrapped(model: Model) -> None:
    with pytest.raises(TypeError, match="model must be a transformers model, got Linear"):
        wrap(torch.nn.Linear(2, 2), tokenizer())
    with pytest.raises(TypeError, match="tokenizer must be a transformers tokenizer, got str"):
        wrap(model.hf, "bert-base-uncased")


def test_a_model_says_what_it_is(model: Model) -> None:
    assert repr(model) == (
        "Model: BertModel, 3 layers × 4 heads, hidden 24, float32 on cpu\n"
        "  weights: a model built or loaded by the caller"
    )


def test_a_tokenizer_that_marks_no_text_may_still_be_used() -> None:
    plain: PreTrainedTokenizerFast = tokenizer("")
    assert wrap(ARCHITECTURES["BERT"].build(), plain).trace("cat").attention.tolist() == [[[[1.0]]] * 4] * 3
