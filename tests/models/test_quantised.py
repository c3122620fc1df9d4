"""Weights rounded to a few bits: the closed form, the bytes, and what real models keep."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import bertviz_plus as bp
from bertviz_plus.models.quantised import Quantised, rounded, weight_bytes

TEXTS = ["The cat sat on the mat.", "A river bank is no place to keep money.", "She plays the violin well."]


@given(st.integers(2, 8), st.integers(0, 10_000))
def test_a_rounded_weight_is_at_most_half_a_step_away(bits, seed):
    matrix = torch.from_numpy(np.random.default_rng(seed).normal(size=(5, 7)) * 10).float()
    most = 2 ** (bits - 1) - 1
    found, size = rounded(matrix, bits), matrix.abs().amax(1, keepdim=True)
    # float32 rounds products of 24 bits.
    assert (found - matrix).abs().le(size / most / 2 * (1 + 1e-5)).all()
    codes = found / size * most
    torch.testing.assert_close(codes, codes.round(), rtol=0, atol=1e-4)
    assert all(len(row.unique()) <= 2 * most + 1 for row in codes.round())
    # The largest of a row is kept, and so rounding again changes nothing.
    torch.testing.assert_close(found.abs().amax(1, keepdim=True), size)
    torch.testing.assert_close(rounded(found, bits), found)


def test_bytes_are_those_of_codes_scales_and_the_rest():
    model = bp.load("bert-tiny")
    shapes = [one.shape for one in model.hf.parameters()]
    for bits in (2, 3, 8):
        small = bp.quantised(model, bits)
        wanted = sum(
            shape[0] * (-(-shape[1] * bits // 8) + 4) if len(shape) > 1 else 4 * shape[0] for shape in shapes
        )
        assert small.stored_bytes == weight_bytes(small) == wanted
        assert small.float_bytes == weight_bytes(model) == 4 * sum(shape.numel() for shape in shapes)
        assert f"{wanted:,} bytes" in repr(small)


@pytest.mark.parametrize("name", ["bert-tiny", "all-MiniLM-L6-v2"])
def test_a_model_of_eight_bits_is_nearly_the_model_and_one_of_two_is_not(name):
    model = bp.load(name)
    before = {key: value.clone() for key, value in model.hf.state_dict().items()}

    def away(small):
        own, other = ([one.hidden_states[-1] for one in each.traces(TEXTS)] for each in (model, small))
        return np.mean([np.square(a - b).sum() / np.square(a - a.mean(0)).sum()
                        for a, b in zip(own, other, strict=True)])  # fmt: skip

    lost = [away(bp.quantised(model, bits)) for bits in (8, 5, 2)]
    assert lost[0] < 0.01
    assert lost[0] < lost[1] < lost[2]
    assert lost[2] > 0.3
    assert all(torch.equal(value, before[key]) for key, value in model.hf.state_dict().items())


def test_it_is_a_model_like_any_other():
    small = bp.quantised(bp.load("bert-tiny"))
    assert isinstance(small, bp.Model)
    assert isinstance(small, Quantised)
    assert small.info.id == "bert-tiny, 8 bits"
    assert small.info.weights_hash is None
    assert "rounded to 8 bits here" in small.info.source
    assert small.trace("The cat sat.").model.id == small.info.id
    assert len(small.predict("The [MASK] sat.", top=3)) == 3
    # Tied weights stay tied: the output layer's rows are the embeddings'.
    assert small.hf.get_output_embeddings().weight is small.hf.get_input_embeddings().weight


def test_the_tagger_that_comes_in_eight_bits_gives_the_same_tags_in_eight_bits_of_rows():
    tagger = bp.load("distilbert-tagger")
    weight = tagger.hf.distilbert.transformer.layer[0].ffn.lin1.weight
    # One scale for the tensor: its weights are codes of 8 bits, however they are held.
    assert len(weight.unique()) <= 256
    small = bp.quantised(tagger)
    assert small.stored_bytes < 0.27 * small.float_bytes
    inputs = tagger.tokenizer(TEXTS, return_tensors="pt", padding=True)
    with torch.no_grad():
        own, other = (one.hf(**inputs).logits for one in (tagger, small))
    read = inputs["attention_mask"].bool()
    assert (own.argmax(-1) == other.argmax(-1))[read].float().mean() > 0.95
    assert not torch.equal(own, other)


@pytest.mark.parametrize("bits", [1, 9, 0, -8, 8.0, "8", None, True])
def test_bits_that_cannot_be_are_refused(bits):
    with pytest.raises(ValueError, match=r"bits must be a whole number from 2 to 8, got"):
        bp.quantised(bp.load("bert-tiny"), bits)


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="model must be a bertviz_plus model"):
        bp.quantised("bert-tiny")
