"""Encoder-decoders: what the decoder is given, and the target that a model writes when none is."""

from functools import partial
from typing import Any

import torch
from transformers import PreTrainedModel

from bertviz_plus.models.interventions.intervening import change_of
from bertviz_plus.models.passes.blocks import Stack
from bertviz_plus.models.passes.encoding import Encoded, Given, encode
from bertviz_plus.models.passes.forward import borrowed_part, report_blocks
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from bertviz_plus.models.passes.recording import Recorder, active
from bertviz_plus.traces.words import Described, describe_encoding

# Enough for a sentence; a longer target is passed by the caller.
_MOST_GENERATED = 128


def shifted_right(model: PreTrainedModel, target: Encoded, tokenizer: Any) -> Encoded:
    """Turn a target into what the decoder reads: its start token, then the target without its last token.

    Row i of the decoder's attention is therefore where the model looks while it writes token i of the target.
    """
    shift = getattr(model, "prepare_decoder_input_ids_from_labels", None)
    if shift is None:
        start = _start_token(model)
    else:
        start = int(shift(labels=torch.tensor([target.input_ids], device=model.device))[0, 0])
    name = str(tokenizer.convert_ids_to_tokens([start])[0])
    told = target.described
    kept = slice(0, len(target) - 1)
    described = Described(
        tokens=(name, *told.tokens[kept]),
        words=told.words,
        word_ids=None if told.word_ids is None else (-1, *told.word_ids[kept]),
        offsets=None if told.offsets is None else ((0, 0), *told.offsets[kept]),
        segment_ids=(0, *told.segment_ids[kept]),
        is_special=(True, *told.is_special[kept]),
        text=told.text,
        pair=None,
    )
    return Encoded([start, *target.input_ids[kept]], None, described, target.truncated)


def written_by(
    model: PreTrainedModel, stacks: tuple[Stack, ...], source: Encoded, tokenizer: Any, *, limit: int | None
) -> Encoded:
    """Let the model write a target, greedily, and return what its decoder read while it wrote.

    Raises
    ------
    ValueError
        Where the model has no head to write with.
    """
    if not callable(getattr(model, "generate", None)) or _head(model) is None:
        raise ValueError(
            f"pair must be the target, because {type(model).__name__} has no language-model head to "
            "write one; pass model.trace(source, target), or load the model with its head"
        )
    inputs = {
        "input_ids": torch.tensor([source.input_ids], device=model.device),
        "attention_mask": torch.ones(1, len(source), dtype=torch.long, device=model.device),
    }
    reports = partial(report_blocks, stacks)
    change = change_of(model, [source])
    recorder = Recorder(
        (),
        (0,),
        n_layers={stack.name: stack.n_layers for stack in stacks},
        shapes={"encoder": (1, len(source))},
        to_the_end=True,
        change=change,
        repeats=True,
    )
    # Without a cache rows are positions, which a change may name.
    options: dict[str, Any] = {} if change is None else {"use_cache": False}
    attention = IMPLEMENTATION if recorder.reads_attention else None
    with (
        borrowed(borrowed_part(model, stacks), reports, attention=attention),
        active(recorder if change is not None else None),
        torch.no_grad(),
    ):
        write: Any = model.generate
        written = write(
            **inputs,
            **options,
            num_beams=1,
            do_sample=False,
            max_new_tokens=min(_MOST_GENERATED, (limit or 1024) - 1),
        )
    ids = [int(i) for i in written[0]]
    text = str(tokenizer.decode(ids, skip_special_tokens=True)).strip()
    if text:
        # Tokenised again, the text has offsets and words, if the tokenizer cuts it as the model wrote it.
        target = encode(tokenizer, Given(text=text), limit=None, truncation=False, target=True, name="target")
        if target.input_ids == ids[1:]:
            return shifted_right(model, target, tokenizer)
    ended = len(ids) > 1 and ids[-1] == getattr(model.generation_config, "eos_token_id", None)
    read = ids[:-1] if ended else ids
    return Encoded(read, None, describe_encoding(tokenizer, read, text=text or None), 0)


def _head(model: Any) -> Any:
    return model.get_output_embeddings()


def _start_token(model: PreTrainedModel) -> int:
    for name in ("decoder_start_token_id", "bos_token_id", "pad_token_id"):
        start = getattr(model.config, name, None)
        if isinstance(start, int):
            return start
    raise ValueError(
        f"pair cannot be read as a target: the configuration of {type(model).__name__} names no "
        "decoder_start_token_id"
    )
