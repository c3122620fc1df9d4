"""Encoder-decoders: three kinds of attention, and the target that the model writes itself."""

import numpy as np
import pytest
import torch

from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from tests.models.architectures import PAIR, SEQ2SEQ, TEXT, wrapped
from tests.models.passes.test_recording_lending import ALL, state


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_both_sides_and_what_lies_between(name: str) -> None:
    trace = wrapped(name).trace(TEXT, PAIR, keep=ALL)
    assert isinstance(trace, Seq2SeqTrace)
    source, target = trace.encoder.n_tokens, trace.decoder.n_tokens
    assert trace.cross.shape == (3, 4, target, source)
    assert trace.cross_queries.shape == (3, 4, target, 6)
    assert trace.cross_keys.shape == (3, 4, source, 6)
    assert len(trace.cross_scaling) == 3
    assert (trace.encoder.causal, trace.decoder.causal) == (False, True)
    assert trace.decoder.words == ("The", "dog", "lay", "on", "a", "rug", ".")
    assert trace.to_words().cross.shape[-1] == trace.encoder.to_words().n_tokens


@pytest.mark.parametrize(("name", "start"), [("BART", "[SEP]"), ("T5", "[PAD]"), ("Marian", "[SEP]")])
def test_the_decoder_reads_its_start_token_and_the_target_without_its_last(name: str, start: str) -> None:
    model = wrapped(name, head=True)
    trace = model.trace(TEXT, PAIR)
    labels = model.tokenizer(text_target=PAIR, return_tensors="pt")["input_ids"]
    shifted = model.hf.prepare_decoder_input_ids_from_labels(labels=labels)
    assert list(trace.decoder.token_ids) == shifted[0].tolist()
    assert trace.decoder.tokens[0] == start
    assert trace.decoder.is_special[0]
    assert trace.decoder.word_ids[0] == -1


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_without_a_target_the_model_writes_one(name: str) -> None:
    model = wrapped(name, head=True)
    model.hf.train()
    before = state(model.hf)
    trace = model.trace(TEXT)
    assert state(model.hf) == before
    encoding = model.tokenizer(TEXT, return_tensors="pt")
    model.hf.eval()
    written = model.hf.generate(
        input_ids=encoding["input_ids"],
        attention_mask=encoding["attention_mask"],
        num_beams=1,
        do_sample=False,
        max_new_tokens=trace.decoder.n_tokens,
    )
    assert list(trace.decoder.token_ids) == written[0, : trace.decoder.n_tokens].tolist()
    assert trace.decoder.n_tokens <= 64
    assert np.isfinite(trace.cross).all()


def test_a_model_that_cannot_write_asks_for_a_target() -> None:
    with pytest.raises(
        ValueError, match="pair must be the target, because BartModel has no language-model head"
    ):
        wrapped("BART").trace(TEXT)


def test_a_model_with_a_head_reads_as_without() -> None:
    model = wrapped("BART", head=True)
    trace = model.trace(TEXT, PAIR)
    assert model.hf.training is False
    encoding = model.tokenizer(TEXT, return_tensors="pt")
    with torch.no_grad():
        outputs = model.hf.model(
            input_ids=encoding["input_ids"], decoder_input_ids=torch.tensor([trace.decoder.token_ids])
        )
    np.testing.assert_allclose(
        trace.decoder.hidden_states[-1], outputs.last_hidden_state[0].numpy(), atol=1e-5
    )


def test_source_and_target_may_be_words() -> None:
    trace = wrapped("Marian").trace(words=["the", "cats"], pair_words=["a", "dog", "sat"])
    assert trace.encoder.words == ("the", "cats")
    assert trace.decoder.words == ("a", "dog", "sat")


def test_one_layer_of_three() -> None:
    model = wrapped("T5")
    whole, one = model.trace(TEXT, PAIR), model.trace(TEXT, PAIR, layers=[1], keep=("attention",))
    np.testing.assert_array_equal(one.cross[0], whole.cross[1])
    assert one.cross_layers == one.decoder.layers == one.encoder.layers == (1,)
