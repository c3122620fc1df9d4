"""Norms, gradients, rollout, flow, scaled attention: beside definitions and finite differences."""

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

import bertviz_plus as bp
from bertviz_plus.measures.heads.rollout import mixed, rolled_out
from bertviz_plus.models.interventions.attention import ScaleAttention
from bertviz_plus.models.interventions.intervening import Batch
from bertviz_plus.models.passes.encoding import given
from bertviz_plus.models.passes.gathering import Tokens
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.passes.pass_change import AttentionCall
from bertviz_plus.models.predictions.lm_loss import language_model_loss, masked_text
from bertviz_plus.traces.trace import Trace
from tests.made_traces import softmax
from tests.models.architectures import FALLBACK, FOLLOWING, PAIR, TEXT, wrapped

SENTENCE = "The cat sat on the mat, and slept."


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


def decoder(tokenizer):
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=2, n_head=2, n_positions=64)
    return bp.wrap(GPT2LMHeadModel(config).eval(), tokenizer)


@pytest.mark.parametrize("name", FOLLOWING)
def test_norms_of_every_architecture_on_the_interface(name):
    model = wrapped(name)
    if model.is_encoder_decoder:
        with pytest.raises(ValueError, match="model must be one stack"):
            bp.value_norms(model, TEXT, PAIR)
        return
    try:
        weighted = model.trace(TEXT, PAIR, keep=("output_norms",)).output_norms
    except ValueError as error:
        with pytest.raises(ValueError, match=str(error)[:20]):
            bp.value_norms(model, TEXT, PAIR)
        return
    norms = bp.value_norms(model, TEXT, PAIR)
    np.testing.assert_allclose(norms.weighted, weighted, atol=1e-6)
    np.testing.assert_allclose(norms.attention * norms.values[:, :, None], weighted, atol=1e-5)
    # No more than the heads' norms together, and with one head the same.
    assert (norms.summed <= weighted.sum(axis=1) + 1e-5).all()


def test_the_vectors_behind_the_norms_add_up_to_the_output(tiny):
    trace = tiny.trace(SENTENCE, keep=("attention", "values", "context"))
    weight = tiny.hf.bert.encoder.layer[1].attention.output.dense.weight.detach().numpy()
    by_head = weight.T.reshape(2, 64, -1)
    added = np.einsum("hqk,hkd,hde->qke", trace.attention[1], trace.values[1], by_head)
    projected = trace.context[1].transpose(1, 0, 2).reshape(trace.n_tokens, -1) @ weight.T
    # Σ_h Σ_j α f(x_j) is the output of the projection without its bias.
    np.testing.assert_allclose(added.sum(axis=1), projected, atol=1e-5)
    norms = bp.value_norms(tiny, SENTENCE)
    np.testing.assert_allclose(norms.summed[1], np.linalg.norm(added, axis=-1), atol=1e-5)


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_are_finite_differences(tiny, causal):
    model = decoder(tiny.tokenizer) if causal else tiny
    found = bp.attention_gradient(model, SENTENCE)
    encoded = model._encode(given(SENTENCE, None, None, None), truncation=True)
    text, predicted = masked_text(model, encoded, 0)

    def loss(layer, head, row, column, by):
        def change(_, at, weights):
            moved = weights.clone()
            if at == layer:
                moved[0, head, row, column] += by
            return moved

        outputs, _ = head_pass(model, [text], change=change)
        return float(language_model_loss(model, outputs, encoded, predicted))

    assert found.value == pytest.approx(loss(0, 0, 0, 0, 0.0), abs=1e-5)
    for at in ((0, 1, 3, 2), (1, 0, 4, 4), (0, 0, 5, 0)):
        step = 1e-1
        difference = (loss(*at, step) - loss(*at, -step)) / (2 * step)
        # Losses in single precision, differences of the second order.
        assert found.gradient[at] == pytest.approx(difference, abs=2e-3, rel=0.05)


def test_a_gradient_leaves_the_model_as_it_was(tiny):
    before = {name: one.clone() for name, one in tiny.hf.state_dict().items()}
    bp.attention_gradient(tiny, SENTENCE)
    assert all(one.grad is None for one in tiny.hf.parameters())
    assert all(torch.equal(one, before[name]) for name, one in tiny.hf.state_dict().items())
    assert not torch.is_grad_enabled() or tiny.hf.training is False


def test_of_a_model_without_a_head_a_function_of_its_output(tiny):
    model = bp.load()
    found = bp.attention_gradient(model, "A cat.", of=lambda outputs: outputs.last_hidden_state[0, 1].norm())
    assert found.gradient.shape == (6, 12, 5, 5)
    assert np.abs(found.gradient).max() > 0
    with pytest.raises(ValueError, match="of must be a function of the model's outputs, since BertModel has"):
        bp.attention_gradient(model, "A cat.")
    with pytest.raises(TypeError, match='of must be "loss" or a function'):
        bp.attention_gradient(tiny, "A cat.", of="logits")
    with pytest.raises(ValueError, match="of must return one number"):
        bp.attention_gradient(tiny, "A cat.", of=lambda outputs: outputs.logits)


@pytest.mark.parametrize("name", FOLLOWING)
def test_attention_scaled_by_1_changes_nothing_and_by_0_takes_it_away(name):
    model = wrapped(name)
    if model.is_encoder_decoder:
        with pytest.raises(ValueError, match="has two stacks"):
            head_pass(model, [], change=lambda *_: None)
        return
    encoded = model._encode(given(TEXT, None, None, None), truncation=True)
    text = Tokens(encoded.input_ids, encoded.token_type_ids, ())
    with model.intervene(ScaleAttention([1], 1.0)):
        _, same = head_pass(model, [text])
    with model.intervene(ScaleAttention([1], 0.0)):
        _, other = head_pass(model, [text])
        weights = model.trace(TEXT, keep=("attention",)).attention
    plain = model.trace(TEXT, keep=("hidden_states",)).hidden_states
    np.testing.assert_allclose(same[0].float().numpy(), plain[-1], atol=1e-5)
    assert not torch.allclose(same, other, atol=1e-6)
    assert not weights[..., 1].any()


def test_renormalised_rows_keep_their_sum_and_a_lone_one_its_weight(tiny):
    weights = torch.tensor([[[[0.2, 0.8], [0.0, 1.0]]]])
    cls = tiny.tokenizer.cls_token_id, tiny.tokenizer.sep_token_id
    batch = Batch([Tokens(cls, None, ())], None, tiny.tokenizer)
    call = AttentionCall("encoder", 0, None)
    change = ScaleAttention("[SEP]", 0.0, renormalise=True).prepared(tiny)(batch)
    assert change.weights(call, weights).tolist() == [[[[1.0, 0.0], [0.0, 1.0]]]]
    elsewhere = ScaleAttention("[SEP]", 0.0, layers=[1]).prepared(tiny)(batch)
    assert elsewhere.weights(call, weights) is weights


def test_scaling_a_separator_says_how_far_the_output_moves(tiny):
    table = bp.scaled_attention(tiny, [SENTENCE, "It slept."], by=[1, 0.5, 0], progress=False)
    cosine = table[table["measure"] == "cosine"].set_index("by")["value"]
    assert cosine[1] == pytest.approx(1)
    assert cosine[1] > cosine[0.5] > cosine[0]
    assert set(table["measure"]) == {"cosine", "loss_change"}
    assert set(bp.scaled_attention(bp.load(), ["A cat."], by=[0], progress=False)["measure"]) == {"cosine"}
    with pytest.raises(ValueError, match=r"to must be a token of the text or positions in it, got '</s>'"):
        bp.scaled_attention(tiny, [SENTENCE], to="</s>", progress=False)
    with pytest.raises(ValueError, match=r"by must be a number from 0 to 1, got 2"):
        bp.scaled_attention(tiny, [SENTENCE], by=[2], progress=False)


def test_beside_a_separator_as_many_words_are_scaled(tiny):
    table = bp.scaled_attention(tiny, [SENTENCE, "It slept."], by=[1, 0], beside=True, progress=False)
    assert table["to"].unique().tolist() == ["[SEP]", "as many words"]
    alone = bp.scaled_attention(tiny, [SENTENCE, "It slept."], by=[1, 0], progress=False)
    assert table[table["to"] == "[SEP]"].drop(columns="to").reset_index(drop=True).equals(alone)
    words = table[table["to"] == "as many words"].set_index(["by", "measure"])["value"]
    assert words[1, "loss_change"] == pytest.approx(0, abs=1e-6)
    assert words[0, "cosine"] < 1


def test_a_model_off_the_interface_says_so():
    model = wrapped(FALLBACK[0])
    with pytest.raises(ValueError, match="does not follow transformers' AttentionInterface"):
        bp.scaled_attention(model, [TEXT], to=model.trace(TEXT).tokens[-1], progress=False)


def test_rollout_of_a_planted_route_follows_it():
    # Token 2 reads 1 in layer 1, and 1 read 0 in layer 0: without residual all that is in it is 0's.
    first, second = np.eye(3)[[0, 0, 2]], np.eye(3)[[0, 1, 1]]
    trace = Trace(("a", "b", "c"), attention=np.stack([first, second])[:, np.newaxis])
    assert bp.rollout(trace, residual=False)[1, 2].tolist() == [1, 0, 0]
    assert bp.rollout(trace)[1, 2].tolist() == [0.25, 0.25, 0.5]
    assert bp.attention_flow(trace, layers=[1], progress=False)[0, 2] == pytest.approx(
        [1 / 3, 1 / 3, 1 / 3], abs=1e-6
    )


def test_of_a_real_model_rollout_and_flow_are_distributions():
    trace = bp.load("bert-tiny").trace("The cat sat.")
    for found in (bp.rollout(trace), bp.attention_flow(trace, progress=False)):
        assert found.shape == (2, 6, 6)
        np.testing.assert_allclose(found.sum(axis=-1), 1)
    # Through one layer there is one way: flow is attention itself.
    flow = bp.attention_flow(trace, layers=[0], progress=False)[0]
    np.testing.assert_allclose(flow, bp.rollout(trace)[0], atol=1e-6)


def test_rollout_in_a_causal_model_never_looks_ahead(tiny):
    trace = decoder(tiny.tokenizer).trace(SENTENCE)
    assert not np.triu(bp.rollout(trace)[-1], 1).any()


def test_rollout_needs_attention_of_the_lowest_layers():
    with pytest.raises(ValueError, match="trace must hold attention"):
        bp.rollout(Trace(("a",)))
    with pytest.raises(ValueError, match="trace must hold all layers from 0 on"):
        bp.rollout(Trace(("a",), layers=(3,), attention=np.ones((1, 1, 1, 1))))
    with pytest.raises(TypeError, match="trace must be a Trace"):
        bp.attention_flow("a text")


def test_products_of_layers_are_rows_of_1():
    steps = mixed(softmax((3, 2, 5, 5), 0).astype(float), residual=True)
    np.testing.assert_allclose(rolled_out(steps).sum(axis=-1), 1)
