"""What a trace holds, in the few lines that its `repr` shows."""

from typing import TYPE_CHECKING

import numpy as np

from bertviz_plus.traces.array_names import ARRAYS, CROSS_ARRAYS

if TYPE_CHECKING:
    from bertviz_plus.traces.seq2seq import Seq2SeqTrace
    from bertviz_plus.traces.trace import Trace

_LINE = 72


def summarise(trace: "Trace") -> str:
    """Describe a trace: model, tokens, layers × heads, what was kept, what is missing or was cut.

    Examples
    --------
    >>> from bertviz_plus.traces.trace import Trace
    >>> print(summarise(Trace(("[CLS]", "hi"), truncated=3)))
    Trace of 2 tokens
      [CLS] hi
      nothing kept
      no words: the tokenizer gave no alignment
      3 tokens were cut off: the model takes no more
    """
    return "\n".join([f"Trace of {_head(trace)}", *_body(trace)])


def summarise_pair(trace: "Seq2SeqTrace") -> str:
    """Describe an encoder–decoder trace: its two sides, and the attention from one to the other."""
    lines = ["Seq2SeqTrace" + (f", {trace.model.id}" if trace.model.id else "")]
    for name, side in (("encoder", trace.encoder), ("decoder", trace.decoder)):
        lines.append(f"  {name}: {_head(side, with_model=False)}")
        lines.extend("  " + line for line in _body(side))
    lines.extend(_kept({name: getattr(trace, name) for name in CROSS_ARRAYS}))
    if trace.missing:
        lines.append(f"  {trace.missing:,} cross weights are missing (NaN or infinite)")
    return "\n".join(lines)


def _head(trace: "Trace", *, with_model: bool = True) -> str:
    parts = [_count(trace.n_tokens, "token" if trace.units == "tokens" else "unit")]
    if trace.units == "words":
        parts[0] += " (words and special tokens)"
    if 1 in trace.segment_ids:
        parts[0] += " in 2 texts"
    if trace.layers:
        heads = f" × {_count(trace.n_heads, 'head')}" if trace.n_heads else ""
        total = f" of {trace.model.layers}" if (trace.model.layers or 0) > trace.n_layers else ""
        parts.append(f"{trace.n_layers}{total} layer{'s' * (trace.n_layers != 1 or bool(total))}{heads}")
    if trace.causal:
        parts.append("causal")
    if with_model and trace.model.id:
        parts.append(trace.model.id)
    return ", ".join(parts)


def _body(trace: "Trace") -> list[str]:
    lines = [f"  {_opening(trace.tokens)}"] if trace.tokens else []
    if trace.model.changed:
        lines.insert(0, f"  changed: {', '.join(trace.model.changed)}")
    lines += _kept({name: getattr(trace, name) for name in ARRAYS}) or ["  nothing kept"]
    if trace.words is None:
        lines.append("  no words: the tokenizer gave no alignment")
    elif trace.units == "tokens":
        lines.append(f"  {_count(len(trace.words), 'word')}")
    if trace.truncated:
        was = "token was" if trace.truncated == 1 else "tokens were"
        lines.append(f"  {trace.truncated:,} {was} cut off: the model takes no more")
    if trace.sinks is not None:
        lines.append(f"  {trace.sinks.mean():.0%} of attention goes to a sink, which is no token")
    if trace.missing:
        lines.append(f"  {trace.missing:,} attention weights are missing (NaN or infinite)")
    return lines


def _kept(arrays: "dict[str, np.ndarray | None]") -> list[str]:
    present = {name: array for name, array in arrays.items() if array is not None}
    return [
        f"  {name} {list(array.shape)} {array.dtype}, {_size(array.nbytes)}"
        for name, array in present.items()
    ]


def _opening(tokens: tuple[str, ...]) -> str:
    """Show as many tokens as fit a line; what cannot be printed is escaped."""
    shown: list[str] = []
    room = _LINE
    for number, token in enumerate(tokens):
        printable = (token if token.isprintable() else ascii(token)[1:-1])[:_LINE]
        room -= len(printable) + 1
        left = len(tokens) - number
        # "1 more" would take the room of the token itself.
        if room < 0 and shown and left > 1:
            return f"{' '.join(shown)} … {left:,} more"
        shown.append(printable)
    return " ".join(shown)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(n_bytes: int) -> str:
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 1e5 else f"{n_bytes / 1e3:,.1f} kB"
