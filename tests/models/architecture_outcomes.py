"""What a tiny model of each text architecture gives, held against the model's own outputs."""

import copy
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.passes.recording import KINDS_OF_TENSOR
from bertviz_plus.traces.trace import Trace
from tests.models.architectures import tokenizer
from tests.models.every_architecture import build
from tests.models.passes.test_recording_lending import state

TEXTS = ("The cats sat on the mat while rain fell.", "A dog lay.", "rain fell on the rug while a dog sat")
# Single precision, after a few layers and in other batches.
TOLERANCE = 1e-5
KEEPS = (("hidden_states",), ("attention",), ("attention", "hidden_states"), KINDS_OF_TENSOR)


class LeftOutError(Exception):
    """A tiny model cannot be built, or does not run by itself."""


@dataclass
class Outcome:
    """What one architecture gives.

    Attributes
    ----------
    architecture : str
        The class.
    gives : set of str
        Tensors that a trace can hold.
    refused : dict of str to str
        For each other tensor, or for "model", what the refusal says.
    faults : list of str
        Where what was promised does not hold.
    said : str
        Why rows of attention do not sum to 1.
    """

    architecture: str
    gives: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    said: str = ""

    def check(self, holds: Any, claim: str) -> None:
        if not holds:
            self.faults.append(claim)


def outcome_of(model_type: str) -> Outcome:
    """Build a model and try everything that is promised of it.

    Raises
    ------
    LeftOutError
        Where there is no such model.
    """
    try:
        hf = build(model_type)
        own = copy.deepcopy(hf)
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            ids = torch.arange(10, 16)[None]
            extra = {"decoder_input_ids": ids} if hf.config.is_encoder_decoder else {}
            own.base_model(input_ids=ids, **extra)
    except Exception as error:
        raise LeftOutError(f"{type(error).__name__}: {str(error)[:100]}") from error
    hf.train()
    for part in hf.modules():
        # Dropout would tell apart what a trace, which has none, does not.
        part.training = part.training and not hasattr(part, "p")
    before = state(hf)
    found = Outcome(type(hf).__name__)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = wrap(hf, tokenizer("[CLS] $A"))
            for keep in KEEPS:
                _try(model, own, keep, found)
            _try_stream(model, found)
        except ValueError as error:
            found.refused["model"] = str(error)
    # RWKV divides its weights by itself when it is run in evaluation mode, and multiplies them in training.
    if model_type != "rwkv":
        found.check(state(hf) == before, "the model is handed back as it came")
    for name, said in found.refused.items():
        found.check(found.architecture in said, f"the refusal of {name} names the model: {said}")
    return found


def _args(model: Model, first: str, second: str) -> tuple[str, ...]:
    return (first, second) if model.is_encoder_decoder else (first,)


def _try(model: Model, own: PreTrainedModel, keep: tuple[str, ...], found: Outcome) -> None:
    kept = keep
    while kept:
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                trace = model.trace(*_args(model, *TEXTS[:2]), keep=kept)
        except ValueError as error:
            # The message names what cannot be had first.
            name = next((name for name in kept if f"keep='{name}'" in str(error)), None)
            if name is None:
                raise
            found.refused[name] = str(error)
            kept = tuple(other for other in kept if other != name)
            continue
        found.gives |= set(kept)
        said = [str(one.message) for one in told if "sum to" in str(one.message)]
        sides = {"": trace}
        if model.is_encoder_decoder:
            sides = {"encoder_": trace.encoder, "decoder_": trace.decoder}
        if "hidden_states" in kept:
            _check_hidden(own, sides, found)
        if "attention" in kept:
            for side, one in sides.items():
                _check_attention(one, side, said, found)
        return


def _check_hidden(own: PreTrainedModel, sides: dict[str, Trace], found: Outcome) -> None:
    names = {"": "input_ids", "encoder_": "input_ids", "decoder_": "decoder_input_ids"}
    given = {names[side]: torch.tensor([one.token_ids]) for side, one in sides.items()}
    with torch.no_grad():
        returned = own.base_model(**given, output_hidden_states=True, use_cache=False)
    for side, one in sides.items():
        theirs = getattr(returned, f"{side}hidden_states", None)
        if theirs is None:
            continue
        theirs = np.stack([layer[0].numpy() for layer in theirs])
        ours = one.hidden_states
        same = ours.shape == theirs.shape and np.abs(ours - theirs).max() <= TOLERANCE * max(
            1, np.abs(theirs).max()
        )
        found.check(same, f"{side}hidden states are the model's own")


def _check_attention(trace: Trace, side: str, said: list[str], found: Outcome) -> None:
    if trace.attention is None:
        found.check(False, f"{side}attention is not silently absent")
        return
    sums = trace.attention.sum(-1) + (0 if trace.sinks is None else trace.sinks)
    if trace.sinks is not None:
        found.said = "a part of each row goes to a sink: trace.sinks"
    if np.abs(sums - 1).max() > 1e-4:
        found.check(said, f"{side}rows of attention sum to 1, or the trace says why")
        found.said = "transformers' own rows do not sum to 1: a warning says so"
    hidden = not trace.attention[:, :, *np.triu_indices(trace.n_tokens, 1)].any()
    found.check(trace.causal == hidden, f"{side}causal is {hidden} where it says {trace.causal}")
    if trace.scores is not None:
        beside = [] if trace.sink_scores is None else [trace.sink_scores[..., None]]
        rows = torch.tensor(np.concatenate([trace.scores, *beside], -1)).softmax(-1).numpy()
        gap = np.abs(rows[..., : trace.n_tokens] - trace.attention).max()
        found.check(gap < TOLERANCE, f"{side}scores give the weights")


def _try_stream(model: Model, found: Outcome) -> None:
    if "hidden_states" not in found.gives:
        return
    pairs = list(zip(TEXTS, (*TEXTS[1:], TEXTS[0]), strict=True))
    texts = pairs if model.is_encoder_decoder else list(TEXTS)
    stream = model.traces(texts, keep=("hidden_states",), progress=False)
    for pair, batched in zip(pairs, stream, strict=True):
        alone = model.trace(*_args(model, *pair), keep=("hidden_states",))
        one, other = (getattr(trace, "encoder", trace).hidden_states for trace in (alone, batched))
        gap = np.abs(one - other).max() / max(1, np.abs(one).max())
        found.check(gap <= TOLERANCE, f"traces equals trace, off by {gap:.1g}")
