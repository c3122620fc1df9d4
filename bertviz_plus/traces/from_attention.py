"""Attention that was computed elsewhere, made a trace."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import (
    check_length,
    check_rows,
    check_token_count,
    check_tokens,
    layers_of,
    numpy_array,
    whole_number,
)
from bertviz_plus.traces.tokens import is_frame_name, legible_tokens
from bertviz_plus.traces.words import describe_encoding

if TYPE_CHECKING:
    from bertviz_plus.traces.trace import Trace


def trace_from_attention(
    kind: "type[Trace]",
    attention: Any,
    tokens: Sequence[str],
    pair_start: int | None = None,
    *,
    normalise: bool = False,
    word_ids: Sequence[int] | None = None,
    layers: Sequence[int] | None = None,
    prettify_tokens: bool = True,
    name: str = "attention",
    tokens_name: str = "tokens",
) -> "Trace":
    """Make a trace of attention weights and tokens; `Trace.from_attention` describes the parameters.

    Parameters
    ----------
    kind : type
        `Trace`, which calls this.
    name, tokens_name : str
        What the caller calls its arguments, for errors.

    Examples
    --------
    >>> import numpy as np
    >>> from bertviz_plus.traces.trace import Trace
    >>> trace_from_attention(Trace, np.ones((1, 1, 1, 1)), ["[CLS]"]).n_tokens
    1
    """
    pieces = check_tokens(tokens, tokens_name)
    weights = layers_of(attention, name)
    rows, columns = weights.shape[2:]
    if rows != columns:
        raise ValueError(
            f"{name} must be square, one row and one column per token, got {rows} rows and {columns} "
            "columns. Attention from one text to another goes into "
            "Seq2SeqTrace.from_attention(cross_attention=...)."
        )
    check_token_count(rows, pieces, name, tokens_name)
    if layers is not None and len(layers) != len(weights):
        raise ValueError(f"layers must number each of the {len(weights)} layers of {name}, got {len(layers)}")
    weights = check_rows(weights, name, normalise=normalise)
    shown = legible_tokens(pieces) if prettify_tokens else pieces
    return kind(
        tokens=shown,
        words=None if word_ids is None else _join_words(shown, word_ids),
        word_ids=None if word_ids is None else tuple(int(word) for word in word_ids),
        segment_ids=_segments(len(pieces), pair_start),
        is_special=tuple(map(is_frame_name, pieces)),
        layers=tuple(range(len(weights))) if layers is None else tuple(layers),
        causal=_looks_causal(weights),
        attention=weights,
    )


def trace_from_outputs(
    kind: "type[Trace]",
    outputs: Any,
    inputs: Any,
    tokenizer: Any,
    *,
    text: str | None = None,
    pair: str | None = None,
) -> "Trace":
    """Make a trace of a caller's own forward pass; `Trace.from_outputs` describes the parameters."""
    if _part(outputs, "cross_attentions") or _part(outputs, "encoder_attentions"):
        raise ValueError(
            "outputs are those of an encoder–decoder. Use model.trace(source, target), or "
            "Seq2SeqTrace.from_attention(encoder_attention=outputs.encoder_attentions, ...)."
        )
    attentions, hidden = _part(outputs, "attentions"), _part(outputs, "hidden_states")
    if attentions is None and hidden is None:
        raise ValueError(
            "outputs hold neither attentions nor hidden_states: call the model with output_attentions=True "
            '(and load it with attn_implementation="eager"), with output_hidden_states=True, '
            "or use model.trace"
        )
    ids, kept = _one_text(inputs)
    encoding = inputs
    if text is not None:
        encoding = _encoding_of(tokenizer, text, pair, ids[kept].tolist())
    elif pair is not None:
        raise ValueError("pair must come with text, got pair alone")
    described = describe_encoding(tokenizer, ids[kept].tolist(), text=text, pair=pair, encoding=encoding)
    weights = states = None
    if attentions is not None:
        weights = layers_of(attentions, "outputs.attentions")
        if weights.shape[2:] != (len(ids), len(ids)):
            raise ValueError(
                f"inputs have {len(ids)} tokens, outputs.attentions are for {list(weights.shape[2:])}: "
                "pass the inputs that the model was called with"
            )
        if len(kept) < len(ids):
            weights = weights[:, :, kept[:, np.newaxis], kept]
        weights = check_rows(weights, "outputs.attentions", normalise=False)
    if hidden is not None:
        states = _hidden_states(hidden, len(ids))[:, kept]
    return kind(
        tokens=described.tokens,
        text=described.text,
        pair=described.pair,
        token_ids=tuple(ids[kept].tolist()),
        words=described.words,
        word_ids=described.word_ids,
        offsets=described.offsets,
        segment_ids=described.segment_ids,
        is_special=described.is_special,
        layers=tuple(range(len(weights) if weights is not None else len(hidden) - 1)),
        causal=weights is not None and _looks_causal(weights),
        attention=weights,
        hidden_states=states,
    )


def _encoding_of(tokenizer: Any, text: str, pair: str | None, ids: list[int]) -> Any:
    """Tokenise a text again: the inputs may have been made of words, whose alignment is not the text's.

    Raises
    ------
    ValueError
        Where the text is not what the inputs were made of.
    """
    for options in ({}, {"add_special_tokens": False}):
        for cut in ({}, {"truncation": True, "max_length": len(ids)}):
            encoding = tokenizer(text, pair, verbose=False, **options, **cut)
            if [int(number) for number in encoding["input_ids"]] == ids:
                return encoding
    made = len(tokenizer(text, pair, verbose=False)["input_ids"])
    raise ValueError(
        f"text must be what inputs were made of, but the tokenizer makes {made} other tokens of {text!r:.40} "
        f"than the {len(ids)} in inputs['input_ids']. Of inputs that were made of words leave text out, or "
        "let model.trace(words=[...]) read them"
    )


def _part(outputs: Any, name: str) -> Any:
    return outputs.get(name) if isinstance(outputs, Mapping) else getattr(outputs, name, None)


def _one_text(inputs: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the token ids of the one text in `inputs`, and the places that are not padding."""
    if not hasattr(inputs, "keys") or "input_ids" not in inputs:
        raise ValueError("inputs must be what the tokenizer returned, with input_ids")
    ids, mask = (
        None if inputs.get(name) is None else _integers(inputs[name])
        for name in ("input_ids", "attention_mask")
    )
    if ids is None or ids.size == 0:
        raise ValueError("inputs['input_ids'] must hold the tokens of one text, got none")
    if ids.ndim == 2 and len(ids) != 1:
        raise ValueError(
            f"inputs hold a batch of {len(ids)} texts, a trace holds one. Call the model on one text at a "
            "time, or use model.traces(texts)."
        )
    ids = ids.reshape(-1)
    kept = np.arange(len(ids)) if mask is None else np.flatnonzero(mask.reshape(-1))
    return ids, kept


def _integers(value: Any) -> NDArray[np.int64]:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.asarray(value, np.int64)


def _hidden_states(hidden: Any, n: int) -> NDArray[np.float32]:
    layers = [numpy_array(layer, f"outputs.hidden_states[{i}]") for i, layer in enumerate(hidden)]
    if not layers:
        raise ValueError("outputs.hidden_states is empty: call the model with output_hidden_states=True")
    for number, layer in enumerate(layers):
        if layer.ndim not in (2, 3) or layer.shape[-2] != n or (layer.ndim == 3 and layer.shape[0] != 1):
            raise ValueError(
                f"outputs.hidden_states[{number}] must have the shape [1, {n}, hidden], "
                f"got {list(layer.shape)}"
            )
    return np.stack([layer.reshape(n, -1) for layer in layers])


def _segments(n: int, pair_start: int | None) -> tuple[int, ...]:
    if pair_start is None:
        return (0,) * n
    start = whole_number(pair_start)
    if start is None or not 0 < start < n:
        raise ValueError(
            f"pair_start must be the place of the second text's first token, 1..{n - 1} for {n} tokens, "
            f"got {pair_start!r}"
        )
    return (0,) * start + (1,) * (n - start)


def _join_words(tokens: Sequence[str], word_ids: Sequence[int]) -> tuple[str, ...]:
    check_length(word_ids, len(tokens), "word_ids")
    words = [""] * (max(word_ids, default=-1) + 1)
    for token, word in zip(tokens, word_ids, strict=True):
        if word >= 0:
            words[word] += token
    return tuple(words)


def _looks_causal(attention: NDArray[np.float32]) -> bool:
    """Whether no token attends to a later one, in any head."""
    n = attention.shape[-1]
    if n < 2 or attention.size == 0:
        return False
    later = np.triu_indices(n, 1)
    return not any(layer[:, later[0], later[1]].any() for layer in attention)
