"""What is recorded is what the model computes, and recording changes nothing of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from bertviz_plus.models.model import Model
from bertviz_plus.models.passes.forward import report_blocks
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from bertviz_plus.models.passes.projection import output_norms
from bertviz_plus.models.passes.recording import KINDS_OF_TENSOR, Recorder, active
from tests.models.architectures import (
    ARCHITECTURES,
    FALLBACK,
    FOLLOWING,
    PAIR,
    SEQ2SEQ,
    TEXT,
    inputs,
    wrapped,
)


def eagerly(model: Model, **options: Any) -> Any:
    """Run the plain model under transformers' own eager attention."""
    own = model.hf.config._attn_implementation
    if own != "eager":
        model.hf.set_attn_implementation("eager")
    with torch.no_grad():
        outputs = model.hf(**inputs(model), **options)
    if own != "eager":
        model.hf.set_attn_implementation(own)
    return outputs


def sides(model: Model, keep: tuple[str, ...]) -> dict[str, dict[str, np.ndarray | None]]:
    """Each kind of attention with its arrays, under transformers' names for them."""
    if not model.is_encoder_decoder:
        trace = model.trace(TEXT, PAIR, keep=keep)
        return {"": {name: getattr(trace, name) for name in KINDS_OF_TENSOR}}
    ids = inputs(model)["decoder_input_ids"][0].tolist()
    model.hf.config.decoder_start_token_id = ids[0]
    trace = model.trace(TEXT, PAIR, keep=keep)
    # T5 starts with its padding token whatever the inputs above start with.
    assert list(trace.decoder.token_ids[1:]) == ids[1:]
    cross = {name: getattr(trace, f"cross_{name}", None) for name in KINDS_OF_TENSOR} | {
        "attention": trace.cross
    }
    return {
        "encoder_": {name: getattr(trace.encoder, name) for name in KINDS_OF_TENSOR},
        "decoder_": {name: getattr(trace.decoder, name) for name in KINDS_OF_TENSOR},
        "cross_": cross,
    }


def stacked(layers: Any) -> np.ndarray:
    return torch.stack(layers)[:, 0].numpy()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_attention_and_hidden_states_are_those_of_eager(name: str) -> None:
    model = wrapped(name)
    found = sides(model, ("attention", "hidden_states"))
    outputs = eagerly(model, output_attentions=True, output_hidden_states=True)
    for prefix, arrays in found.items():
        # The same arithmetic in the same order: 1e-6 leaves room for another thread count.
        np.testing.assert_allclose(arrays["attention"], stacked(outputs[f"{prefix}attentions"]), atol=1e-6)
        np.testing.assert_allclose(arrays["attention"].sum(-1), 1, atol=1e-5)
        if prefix != "cross_":
            hidden = stacked(outputs[f"{prefix}hidden_states"])
            np.testing.assert_allclose(arrays["hidden_states"], hidden, atol=1e-6)


@pytest.mark.parametrize("name", FOLLOWING)
def test_outputs_are_bit_identical_to_eager(name: str) -> None:
    model = wrapped(name)
    expected = eagerly(model)
    given = inputs(model)
    last = model._stacks[-1]
    recorder = Recorder(
        KINDS_OF_TENSOR,
        range(9),
        n_layers={stack.name: stack.n_layers for stack in model._stacks},
        shapes={
            "encoder": tuple(given["input_ids"].shape),
            "decoder": tuple(given.get("decoder_input_ids", given["input_ids"]).shape),
        },
        to_the_end=True,
    )
    with (
        borrowed(model.hf, lambda: report_blocks(model._stacks), attention=IMPLEMENTATION),
        active(recorder),
        torch.no_grad(),
    ):
        got = model.hf(**given)
    assert recorder.layers[last.name] == [0, 1, 2]
    assert torch.equal(got.last_hidden_state, expected.last_hidden_state)


@pytest.mark.parametrize("name", FOLLOWING)
def test_what_a_head_computes_adds_up(name: str) -> None:
    """Scores give the weights, weights and values the context, context and W_O what the block adds.

    Checked against what the model's own projections read and write.
    """
    model = wrapped(name)
    read: list[tuple[nn.Module, torch.Tensor, torch.Tensor]] = []
    hooks = [
        part.register_forward_hook(lambda part, given, output: read.append((part, given[0], output)))
        for part in model.hf.modules()
        if isinstance(part, nn.Linear | Conv1D)
    ]
    eagerly(model)
    for hook in hooks:
        hook.remove()
    for arrays in sides(model, KINDS_OF_TENSOR).values():
        values, context, attention = arrays["values"], arrays["context"], arrays["attention"]
        assert arrays["queries"].shape == context.shape
        assert arrays["keys"].shape == values.shape
        assert values.shape[1] == attention.shape[1] == model.n_heads
        scores = torch.tensor(arrays["scores"])
        np.testing.assert_allclose(torch.softmax(scores, -1).numpy(), attention, atol=1e-6)
        np.testing.assert_allclose(attention @ values, context, atol=1e-5)
        for layer in range(len(context)):
            joined = torch.tensor(context[layer]).transpose(0, 1).flatten(1)
            part, _, output = next(
                one
                for one in read
                if one[1].shape[1:] == joined.shape and torch.allclose(one[1][0], joined, atol=1e-5)
            )
            weight = part.weight.T if isinstance(part, Conv1D) else part.weight
            bias = 0 if part.bias is None else part.bias
            torch.testing.assert_close(joined @ weight.T + bias, output[0], atol=1e-5, rtol=0)
            # The heads' parts, summed over keys and heads, are that same output without the bias.
            by_head = weight.unflatten(-1, (model.n_heads, -1)).permute(1, 2, 0)
            parts = torch.tensor(values[layer]) @ by_head
            weighted = torch.tensor(attention[layer])[..., None] * parts[:, None]
            torch.testing.assert_close(weighted.sum((0, 2)) + bias, output[0], atol=1e-5, rtol=0)
            norms = weighted.norm(dim=-1).detach().numpy()
            np.testing.assert_allclose(arrays["output_norms"][layer], norms, atol=1e-5)


@pytest.mark.parametrize("name", ["BERT", "Llama"])
def test_scores_are_scaled_products_of_queries_and_keys(name: str) -> None:
    trace = wrapped(name).trace(TEXT, keep=("queries", "keys", "scores", "attention"))
    product = trace.queries @ trace.keys.swapaxes(-1, -2) * np.array(trace.scaling)[:, None, None, None]
    seen = trace.attention > 0
    np.testing.assert_allclose(trace.scores[seen], product[seen], atol=1e-5)
    assert trace.causal == (name == "Llama")
    assert trace.causal == bool(np.triu(trace.attention[0, 0], 1).max() == 0)


@pytest.mark.parametrize("name", FALLBACK)
def test_models_off_the_interface_refuse_what_they_do_not_return(name: str) -> None:
    model = wrapped(name)
    assert not model.records_attention
    with pytest.raises(ValueError, match=f"keep='queries' cannot be had from .*{model.hf.config.model_type}"):
        model.trace(TEXT, keep=("attention", "queries"))


def test_a_sliding_window_hides_what_is_outside_it() -> None:
    attention = wrapped("ModernBERT").trace(TEXT).attention
    far = abs(np.subtract.outer(*[np.arange(attention.shape[-1])] * 2)) > 2
    assert attention[0][:, far].min() > 0
    assert attention[1][:, far].max() == 0


def test_albert_s_one_layer_is_as_many_layers_as_it_runs() -> None:
    model = wrapped("ALBERT", num_hidden_layers=5)
    trace = model.trace(TEXT)
    assert model.n_layers == trace.n_layers == 5
    assert len(model._stacks[0].blocks) == 1
    assert not np.allclose(trace.attention[0], trace.attention[4])


def test_norms_are_those_of_the_reference_code() -> None:
    oracle = json.loads((Path(__file__).parents[2] / "oracles" / "kobayashi.json").read_text())
    attention, values, weight = (
        torch.tensor(oracle[key], dtype=torch.float64)
        for key in ("alpha_h_q_k", "value_layer_h_s_dh", "dense_weight_out_in")
    )
    norms = output_norms(attention, values, weight)
    np.testing.assert_allclose(norms, np.array(oracle["afx_norm"]), atol=1e-6)


def test_every_encoder_decoder_is_among_the_architectures_tested() -> None:
    assert SEQ2SEQ == ["BART", "T5", "Marian"]
    assert len(ARCHITECTURES) == 15
    assert len(FOLLOWING) == 13
