"""What is found by trying a model: where hidden states are, whose weights are weights, what is causal."""

from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import nn
from transformers import PreTrainedTokenizerFast

from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.vectors.occurrences import occurrences
from tests.models.architectures import PAIR, TEXT, VOCABULARY, tokenizer, wrapped
from tests.models.every_architecture import build
from tests.models.passes.test_recording_lending import state


def model_of(model_type: str) -> Model:
    return wrap(build(model_type), tokenizer("[CLS] $A"))


def own_hidden_states(model: Model, token_ids: tuple[int, ...]) -> np.ndarray:
    with torch.no_grad():
        outputs = model.hf(input_ids=torch.tensor([token_ids]), output_hidden_states=True)
    return torch.stack(outputs.hidden_states)[:, 0].numpy()


@pytest.mark.parametrize("keep", [("hidden_states",), ("attention", "hidden_states")])
def test_a_model_outside_the_interface_computes_what_it_would_alone(keep: tuple[str, ...]) -> None:
    """Falcon under sdpa that is asked for attention forgets its mask."""
    model = model_of("falcon")
    assert model.hf.config._attn_implementation == "sdpa"
    trace = model.trace("a b", keep=keep)
    assert model.hf.config._attn_implementation == "sdpa"
    assert trace.causal
    np.testing.assert_allclose(trace.hidden_states, own_hidden_states(model, trace.token_ids), atol=1e-5)
    if trace.attention is not None:
        assert not np.triu(trace.attention, 1).any()


def test_the_encoder_of_an_encoder_decoder_is_a_model_of_its_own() -> None:
    whole = wrapped("BART")
    encoder = wrap(whole.hf.get_encoder(), whole.tokenizer)
    assert not encoder.is_encoder_decoder
    np.testing.assert_allclose(
        encoder.trace(TEXT).attention, whole.trace(TEXT, PAIR).encoder.attention, atol=1e-6
    )


def test_tokens_may_come_first() -> None:
    """XLNet's blocks pass on [tokens, batch, hidden]: as many texts as tokens must not be mixed up."""
    model = model_of("xlnet")
    texts = ["the cat", "a dog", "the mat"]
    traces = list(model.traces(texts, keep=("hidden_states",), batch_size=3, progress=False))
    assert traces[0].n_tokens == 3
    for text, trace in zip(texts, traces, strict=True):
        np.testing.assert_allclose(trace.hidden_states, own_hidden_states(model, trace.token_ids), atol=1e-5)
        np.testing.assert_allclose(
            trace.hidden_states, model.trace(text, keep=("hidden_states",)).hidden_states, atol=1e-5
        )


@pytest.mark.parametrize(
    ("model_type", "says"),
    [
        ("squeezebert", "keep='hidden_states' cannot be had from SqueezeBertModel .*run as blocks"),
        ("gemma3n_text", "keep='hidden_states' cannot be had from Gemma3nTextModel .*not the hidden"),
        ("reformer", "keep='hidden_states' cannot be had from ReformerModel"),
        ("mamba", "keep='attention' cannot be had from MambaModel .*it has no attention"),
        ("fnet", r"keep='attention' cannot be had from FNetModel .*; keep=\('hidden_states',\) can"),
        ("longformer", "keep='attention' cannot be had from LongformerModel .*each pair of tokens"),
        ("funnel", "FunnelModel holds 4 .*Trace.from_attention"),
        ("canine", "CanineModel holds 3"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name_with_a_way_out(model_type: str, says: str) -> None:
    keep = ("hidden_states",) if "hidden_states' cannot" in says else ("attention",)
    with pytest.raises(ValueError, match=says):
        model_of(model_type).trace(TEXT, keep=keep)


def test_padding_that_a_model_adds_is_cut() -> None:
    model = model_of("longformer")
    trace = model.trace(TEXT, keep=("hidden_states",))
    assert trace.hidden_states.shape[1] == trace.n_tokens
    np.testing.assert_allclose(trace.hidden_states, own_hidden_states(model, trace.token_ids), atol=1e-5)


def test_sparse_attention_says_how_to_have_all_of_it() -> None:
    model = model_of("big_bird")
    before = state(model.hf)
    with pytest.raises(ValueError, match=r"BigBirdModel .*attention_type='block_sparse'.*original_full"):
        model.trace(TEXT)
    assert model.hf.attention_type == "block_sparse"
    assert state(model.hf) == before
    model.hf.set_attention_type("original_full")
    trace = wrap(model.hf, model.tokenizer).trace(TEXT)
    np.testing.assert_allclose(trace.attention.sum(-1), 1, atol=1e-5)


def test_a_long_text_that_is_padded_to_blocks_is_cut() -> None:
    config = transformers.BigBirdConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=32,
        max_position_embeddings=64,
        block_size=4,
        num_random_blocks=1,
    )
    model = wrap(transformers.BigBirdModel(config).eval(), tokenizer("[CLS] $A"))
    trace = model.trace("the cat sat on the mat " * 7, keep=("hidden_states",))
    assert model.hf.attention_type == "block_sparse"
    with torch.no_grad():
        ids = torch.tensor([trace.token_ids])
        own = model.hf(input_ids=ids, output_hidden_states=True).hidden_states
    assert own[0].shape[1] > trace.n_tokens
    cut = torch.stack([layer[0, : trace.n_tokens] for layer in own])
    np.testing.assert_allclose(trace.hidden_states, cut.numpy(), atol=1e-5)


def test_layers_that_attend_keep_their_numbers() -> None:
    model = model_of("jamba")
    trace = model.trace(TEXT)
    assert trace.layers == (1,)
    assert trace.attention.shape[0] == 1
    assert trace.hidden_states.shape[0] == 4
    with pytest.raises(ValueError, match=r"layers must be among those of JambaModel .*, 1, got 0"):
        model.trace(TEXT, layers=[0])
    assert model.trace(TEXT, keep=("hidden_states",), layers=[0]).hidden_states.shape[0] == 2


def test_heads_of_several_widths_are_named_and_the_view_does_without() -> None:
    model = model_of("gemma4_text")
    with pytest.raises(ValueError, match=r"keep='queries' .*layers=\[0, 1\] have 4 heads of 8; layers=\[2\]"):
        model.trace(TEXT, keep=("queries",))
    assert model.trace(TEXT, keep=("queries",), layers=[0, 1]).queries.shape[0] == 2
    assert model.view(TEXT).trace.queries is None


def test_inputs_may_require_gradients() -> None:
    model = wrapped("Llama")
    model.hf.enable_input_require_grads()
    assert np.isfinite(model.trace("a cat").hidden_states).all()
    assert np.isfinite(occurrences(model, "cat", ["a cat"], progress=False).vectors).all()


@pytest.mark.parametrize("model_type", ["mvp", "prophetnet", "bigbird_pegasus", "fsmt"])
def test_encoder_decoders_outside_the_interface_show_what_they_return(model_type: str) -> None:
    with pytest.warns(UserWarning, match="sum to") if model_type == "prophetnet" else _nothing():
        trace = model_of(model_type).trace(TEXT, PAIR)
    target, source = trace.decoder.n_tokens, trace.encoder.n_tokens
    assert trace.cross.shape == (3, 4, target, source)
    assert trace.encoder.attention.shape == (3, 4, source, source)
    assert trace.decoder.attention.shape == (3, 4, target, target)
    assert trace.decoder.causal
    assert not trace.encoder.causal


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_weights_that_are_no_shares_are_said_to_be_none() -> None:
    """SqueezeBERT's, as transformers computes them, sum to less than 0."""
    with pytest.warns(UserWarning, match="SqueezeBertModel returns attention whose rows sum to -"):
        model_of("squeezebert").trace(TEXT, keep=("attention",))


@pytest.mark.parametrize(
    "model_type", ["bloom", "openai-gpt", "clip_text_model", "olmo_hybrid", "mpt", "xglm"]
)
def test_causal_is_what_the_weights_show(model_type: str) -> None:
    trace = model_of(model_type).trace(TEXT, keep=("attention",))
    assert trace.causal
    assert not np.triu(trace.attention, 1).any()


def test_hidden_states_alone_know_whether_they_are_causal() -> None:
    assert model_of("bloom").trace(TEXT, keep=("hidden_states",)).causal
    assert not model_of("fnet").trace(TEXT, keep=("hidden_states",)).causal


@pytest.mark.parametrize("model_type", ["convbert", "nystromformer", "fnet"])
def test_padding_that_a_model_mixes_in_is_never_given_to_it(model_type: str) -> None:
    model = model_of(model_type)
    texts = [TEXT, "a cat", "the dog lay on a rug"]
    for text, batched in zip(
        texts, model.traces(texts, keep=("hidden_states",), progress=False), strict=True
    ):
        alone = model.trace(text, keep=("hidden_states",))
        np.testing.assert_allclose(batched.hidden_states, alone.hidden_states, atol=1e-5)
    found = occurrences(model, "cat", ["the cats and a cat", "a cat"], progress=False)
    one = occurrences(model, "cat", ["a cat"], progress=False)
    np.testing.assert_allclose(found.vectors[:, 1], one.vectors[:, 0], atol=1e-5)


def test_what_goes_to_a_sink_is_said_and_scores_carry_it() -> None:
    trace = model_of("gpt_oss").trace(TEXT, keep=("attention", "scores"))
    assert trace.attention.sum(-1).min() < 0.95
    np.testing.assert_allclose(trace.attention.sum(-1) + trace.sinks, 1, atol=1e-5)
    rows = np.concatenate([trace.scores, trace.sink_scores[..., None]], -1)
    shares = torch.tensor(rows).softmax(-1).numpy()
    np.testing.assert_allclose(shares[..., :-1], trace.attention, atol=1e-5)
    np.testing.assert_allclose(shares[..., -1], trace.sinks, atol=1e-5)
    assert "goes to a sink" in repr(trace)
    words = trace.to_words()
    np.testing.assert_allclose(words.attention.sum(-1) + words.sinks, 1, atol=1e-5)


def test_a_model_s_own_complaint_is_passed_on_with_its_name() -> None:
    hf = build("xmod")
    hf.config.default_language = None
    with pytest.raises(ValueError, match=r"XmodModel fails on token ids alone with .*set_default_language"):
        wrap(hf, tokenizer("[CLS] $A")).trace(TEXT)


def test_bytes_are_shown_by_their_numbers() -> None:
    config = transformers.T5Config(
        vocab_size=384, d_model=16, d_kv=4, d_ff=16, num_layers=2, num_heads=4, decoder_start_token_id=0
    )
    model = wrap(transformers.T5Model(config).eval(), transformers.ByT5Tokenizer())
    trace = model.trace("naï", "a")
    assert trace.encoder.tokens == ("n", "a", "<C3>", "<AF>", "</s>")


def test_half_an_emoji_is_refused_in_words_and_texts() -> None:
    model = wrapped("BERT")
    says = r"must be text that UTF-8 can write, got '\\ud83d' in it: half a character"
    for call in (
        lambda: model.trace("a \ud83d"),
        lambda: model.trace("a", "b \ud83d"),
        lambda: model.trace(words=["a", "\ud83d"]),
        lambda: list(model.traces(["a", "\ud83d"], progress=False)),
        lambda: occurrences(model, "cat", ["cat \ud83d"], progress=False),
        lambda: occurrences(model, "\ud83d", ["cat"], progress=False),
    ):
        with pytest.raises(ValueError, match=says):
            call()


def byte_level(*, prefix: bool) -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    pieces.train_from_iterator(
        ["the cat sat on the mat", "a cat lay on the mat", "猫が好き"] * 9,
        trainers.BpeTrainer(
            vocab_size=300, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        ),
    )
    return PreTrainedTokenizerFast(tokenizer_object=pieces)


def test_words_are_the_tokens_of_the_text_that_they_make() -> None:
    config = transformers.GPT2Config(vocab_size=400, n_embd=16, n_layer=2, n_head=2, n_positions=70)
    model = wrap(transformers.GPT2Model(config).eval(), byte_level(prefix=False))
    given, whole = model.trace(words=["the", "cat", "sat"]), model.trace("the cat sat")
    assert given.token_ids == whole.token_ids
    assert given.tokens == whole.tokens
    assert given.words == ("the", "cat", "sat")
    assert given.word_ids == whole.word_ids
    japanese = model.trace(words=["猫", "が", "好き"])
    assert japanese.text == "猫が好き"
    assert japanese.token_ids == model.trace("猫が好き").token_ids


class Adapted(nn.Module):
    """A projection with a low-rank adapter beside it, as peft builds them."""

    def __init__(self, base_layer: nn.Linear) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.down = nn.Linear(base_layer.in_features, 2, bias=False)
        self.up = nn.Linear(2, base_layer.out_features, bias=False)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return self.base_layer(given) + self.up(self.down(given))


def test_norms_include_an_adapter_on_the_output_projection() -> None:
    model = wrapped("BERT")
    for layer in model.hf.encoder.layer:
        layer.attention.output.dense = Adapted(layer.attention.output.dense)
    adapted = model.trace(TEXT, keep=("output_norms",)).output_norms
    for layer in model.hf.encoder.layer:
        part = layer.attention.output.dense
        part.base_layer.weight.data += part.up.weight.data @ part.down.weight.data
        layer.attention.output.dense = part.base_layer
    merged = wrap(model.hf, model.tokenizer).trace(TEXT, keep=("output_norms",)).output_norms
    np.testing.assert_allclose(adapted, merged, atol=1e-5)


def test_a_projection_that_is_not_linear_has_no_norms() -> None:
    model = wrapped("BERT")

    class Squared(nn.Linear):
        def forward(self, given: torch.Tensor) -> torch.Tensor:
            return super().forward(given**2)

    for layer in model.hf.encoder.layer:
        dense = layer.attention.output.dense
        layer.attention.output.dense = Squared(dense.in_features, dense.out_features)
    says = r"keep='output_norms' cannot be had from BertModel .*output projection that is linear"
    with pytest.raises(ValueError, match=says):
        model.trace(TEXT, keep=("output_norms",))
    assert model.trace(TEXT).attention is not None


def test_a_peft_model_is_traced_with_its_adapters() -> None:
    peft = pytest.importorskip("peft")
    options = {"r": 2, "target_modules": ["query", "dense"], "init_lora_weights": False}
    tuned = peft.get_peft_model(wrapped("BERT").hf, peft.LoraConfig(**options)).eval()
    keep = ("attention", "output_norms")
    adapted = wrap(tuned, tokenizer()).trace(TEXT, keep=keep)
    merged = wrap(tuned.merge_and_unload(), tokenizer()).trace(TEXT, keep=keep)
    np.testing.assert_allclose(adapted.attention, merged.attention, atol=1e-5)
    np.testing.assert_allclose(adapted.output_norms, merged.output_norms, atol=1e-5)
