"""For everybody who has bertviz in a notebook today: the same calls with another import."""

import html
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
from IPython.display import HTML, display

from bertviz_plus.export.page import self_contained_page
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.attention import AttentionView

Action = Literal["view", "return"]


class Page(HTML):
    """A self-contained page in `data`; shown in a notebook, it stands in a frame of its own."""

    def __init__(self, data: str, height: int = 600) -> None:
        self.height = height
        super().__init__(data)

    def _repr_html_(self) -> str:
        return (
            f'<iframe sandbox="allow-scripts" style="width:100%;height:{self.height}px;border:0" '
            f'srcdoc="{html.escape(self.data, quote=True)}"></iframe>'
        )


def head_view(
    attention: Any = None,
    tokens: Sequence[str] | None = None,
    sentence_b_start: int | None = None,
    prettify_tokens: bool = True,
    layer: int | None = None,
    heads: Sequence[int] | None = None,
    encoder_attention: Any = None,
    decoder_attention: Any = None,
    cross_attention: Any = None,
    encoder_tokens: Sequence[str] | None = None,
    decoder_tokens: Sequence[str] | None = None,
    include_layers: Sequence[int] | None = None,
    html_action: Action = "view",
) -> Page | None:
    """Show the heads of attention that was computed elsewhere, as bertviz's `head_view` is called.

    Parameters
    ----------
    attention : list of tensors ``[1, heads, tokens, tokens]``, one a layer
        For an encoder or a decoder alone, with `tokens`.
    tokens : list of str
        As the tokenizer spells them.
    sentence_b_start : int, optional
        First token of the second sentence.
    prettify_tokens : bool, default True
        Show ``##ing``, ``Ġthe`` and ``▁the`` as ``ing`` and ``the``.
    layer : int, optional
        Shown at first, from 0.
    heads : list of int, optional
        Shown at first, from 0; all without it.
    encoder_attention, decoder_attention, cross_attention : list of tensors
        For an encoder–decoder model: any of the three.
    encoder_tokens, decoder_tokens : list of str
        For each attention that has them on a side.
    include_layers : list of int, optional
        Leave out the other layers; those that stay keep their numbers.
    html_action : {"view", "return"}
        "return" gives an object with a self-contained page in `data`.

    Returns
    -------
    Page or None
        Displays the view and returns `None`, unless ``html_action="return"``.

    Raises
    ------
    ValueError
        For no attention (transformers' default gives an empty tuple), tokens that are absent or do not fit,
        or a layer that is not included.

    Examples
    --------
    >>> import numpy as np
    >>> page = head_view([np.full((1, 2, 3, 3), 1 / 3)], ["[CLS]", "hi", "[SEP]"], html_action="return")
    >>> page.data.startswith("<!doctype html>")
    True
    """
    include_layers, heads = _numbers(include_layers, "include_layers"), _numbers(heads, "heads")
    layer = None if layer is None else _number(layer, "layer")
    trace = _trace(
        attention,
        tokens,
        sentence_b_start,
        prettify_tokens,
        {"encoder": encoder_attention, "decoder": decoder_attention, "cross": cross_attention},
        (encoder_tokens, decoder_tokens),
        include_layers,
    )
    if layer is not None and include_layers is not None and layer not in include_layers:
        raise ValueError(f"layer must be one of include_layers, {list(include_layers)}, got {layer}")
    state = {"mode": "heads", "layer": layer, "heads": heads}
    return _show(trace, html_action, {name: value for name, value in state.items() if value is not None})


def model_view(
    attention: Any = None,
    tokens: Sequence[str] | None = None,
    sentence_b_start: int | None = None,
    prettify_tokens: bool = True,
    display_mode: Literal["dark", "light"] = "dark",
    encoder_attention: Any = None,
    decoder_attention: Any = None,
    cross_attention: Any = None,
    encoder_tokens: Sequence[str] | None = None,
    decoder_tokens: Sequence[str] | None = None,
    include_layers: Sequence[int] | None = None,
    include_heads: Sequence[int] | None = None,
    html_action: Action = "view",
) -> Page | None:
    """Show all layers and heads as small maps, as bertviz's `model_view` is called.

    Parameters
    ----------
    attention, tokens, sentence_b_start, prettify_tokens, include_layers, html_action
        As in `head_view`; so are the arguments for encoder–decoder models.
    display_mode : {"dark", "light"}
        The theme.
    include_heads : list of int, optional
        Leave out the other heads; those that stay keep their numbers. The other modes show them at first.

    Returns
    -------
    Page or None
        As `head_view`.

    Raises
    ------
    ValueError
        As `head_view`.

    Examples
    --------
    >>> import numpy as np
    >>> page = model_view([np.full((1, 2, 3, 3), 1 / 3)], ["[CLS]", "hi", "[SEP]"], html_action="return")
    >>> "data-packed" in page.data
    True
    """
    if display_mode not in ("dark", "light"):
        raise ValueError(f'display_mode must be "dark" or "light", got {display_mode!r}')
    include_layers, include_heads = (
        _numbers(include_layers, "include_layers"),
        _numbers(include_heads, "include_heads"),
    )
    trace = _trace(
        attention,
        tokens,
        sentence_b_start,
        prettify_tokens,
        {"encoder": encoder_attention, "decoder": decoder_attention, "cross": cross_attention},
        (encoder_tokens, decoder_tokens),
        include_layers,
    )
    state: dict[str, Any] = {"mode": "overview", "theme": display_mode}
    if include_heads is not None:
        state |= {"include_heads": include_heads, "heads": include_heads}
    return _show(trace, html_action, state)


def neuron_view(
    model: Any,
    text: str,
    pair: str | None = None,
    *,
    layer: int | None = None,
    head: int | None = None,
    display_mode: Literal["dark", "light"] | None = None,
    html_action: Action = "view",
) -> Page | None:
    """Show how a query and the keys give a head's weights, for any model that gives queries and keys.

    Parameters
    ----------
    model : Model
        From `bertviz_plus.load` or `bertviz_plus.wrap`.
    text, pair : str
        What to trace; `pair` is the second text, or an encoder–decoder's target.
    layer, head : int, optional
        Shown at first, from 0.
    display_mode : {"dark", "light"}, optional
        The theme; the notebook's without it.
    html_action : {"view", "return"}
        As in `head_view`.

    Returns
    -------
    Page or None
        As `head_view`.

    Raises
    ------
    TypeError
        Where the model is not wrapped.

    Examples
    --------
    >>> neuron_view("bert-base-uncased", "hello")
    Traceback (most recent call last):
    TypeError: model must come from bertviz_plus.load or bertviz_plus.wrap(model, tokenizer), got str
    """
    if not hasattr(model, "trace") or not hasattr(model, "tokenizer"):
        raise TypeError(
            "model must come from bertviz_plus.load or bertviz_plus.wrap(model, tokenizer), "
            f"got {type(model).__name__}"
        )
    if not getattr(model, "records_attention", True):
        raise ValueError(
            f"model must give queries and keys for neuron_view, and {model.info.architecture} gives none: "
            "its attention does not run through transformers' AttentionInterface. model.view(text) shows the "
            "rest"
        )
    trace = model.trace(text, pair, keep=("attention", "queries", "keys"))
    state: dict[str, Any] = {"mode": "neuron"}
    if layer is not None:
        state["layer"] = _number(layer, "layer")
    if head is not None:
        state["heads"] = [_number(head, "head")]
    if display_mode is not None:
        state["theme"] = display_mode
    return _show(trace, html_action, state)


def _trace(
    attention: Any,
    tokens: Sequence[str] | None,
    sentence_b_start: int | None,
    prettify_tokens: bool,
    parts: dict[str, Any],
    side_tokens: tuple[Sequence[str] | None, Sequence[str] | None],
    include_layers: Sequence[int] | None,
) -> Trace | Seq2SeqTrace:
    given = [name for name, value in parts.items() if value is not None]
    if attention is not None:
        if tokens is None:
            hint = "; of a Trace, AttentionView(trace) is the view" if isinstance(attention, Trace) else ""
            raise ValueError(f"tokens must be given with attention, one for each position{hint}")
        if given or any(one is not None for one in side_tokens):
            raise ValueError(
                "attention is of an encoder or a decoder alone: with it, leave out the arguments of "
                "encoder–decoder models, got "
                + (", ".join(f"{name}_attention" for name in given) or "their tokens")
            )
        sentence_b_start = _checked_start(sentence_b_start, len(tokens))
        return Trace.from_attention(
            _included(attention, "attention", include_layers),
            tokens,
            sentence_b_start,
            layers=include_layers,
            prettify_tokens=prettify_tokens,
        )
    if not given:
        raise ValueError(
            "attention must be given, or one of encoder_attention, decoder_attention and cross_attention"
        )
    return Seq2SeqTrace.from_attention(
        **{
            f"{name}_attention": _included(value, f"{name}_attention", include_layers)
            for name, value in parts.items()
            if value is not None
        },
        encoder_tokens=side_tokens[0],
        decoder_tokens=side_tokens[1],
        layers=include_layers,
        prettify_tokens=prettify_tokens,
    )


def _checked_start(sentence_b_start: Any, n: int) -> int | None:
    if sentence_b_start is None:
        return None
    start = whole_number(sentence_b_start)
    if start is None or not 0 < start < n:
        raise ValueError(
            f"sentence_b_start must be the place of the second sentence's first token, 1..{n - 1} for "
            f"{n} tokens, got {sentence_b_start!r}"
        )
    return start


def _numbers(given: Any, name: str) -> list[int] | None:
    """Return layers or heads as whole numbers; one alone counts as a list of one."""
    if given is None:
        return None
    every = given if np.ndim(given) or isinstance(given, Iterable) else [given]
    return [_number(number, f"{name}[{place}]") for place, number in enumerate(every)]


def _number(given: Any, name: str) -> int:
    number = whole_number(given)
    if number is None:
        raise ValueError(f"{name} must be a whole number, got {given!r}")
    return number


def _included(attention: Any, name: str, include_layers: Sequence[int] | None) -> Any:
    if include_layers is None or not len(attention):
        return attention
    if not len(include_layers):
        raise ValueError(f"include_layers must name at least one layer of 0..{len(attention) - 1}, got none")
    for layer in include_layers:
        if not 0 <= layer < len(attention):
            raise ValueError(f"include_layers must be within 0..{len(attention) - 1} for {name}, got {layer}")
    return [attention[layer] for layer in include_layers]


def _show(trace: Trace | Seq2SeqTrace, html_action: str, state: dict[str, Any]) -> Page | None:
    if html_action not in ("view", "return"):
        raise ValueError(f'html_action must be "view" or "return", got {html_action!r}')
    if html_action == "return":
        # A page has no kernel to ask: every layer goes along.
        view = AttentionView(trace, embed="all", **state)
        return Page(self_contained_page(view, view.plate().fallback()))
    display(AttentionView(trace, **state))
    return None
