"""What came in, checked at the door, with an error that says what to do."""

import warnings
from collections.abc import Iterable, Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Sums of 512 weights in bfloat16 (8 bits of precision) stray this far from 1; a mask or a score that
# was passed by mistake strays further.
ROW_TOLERANCE = 0.01


def numpy_array(value: Any, name: str) -> NDArray[Any]:
    """Return a tensor, an array or nested lists as an array of floats; half precision is widened.

    Examples
    --------
    >>> numpy_array([[0.5, 0.5], [0, 1]], "attention").dtype
    dtype('float32')
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu().float().numpy()
    try:
        array = np.asarray(value)
        return array.astype(np.float32, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers in one block, got {_kind(value)}: {error}") from error


def layers_of(attention: Any, name: str) -> NDArray[np.float32]:
    """Bring attention in any of its usual forms into one array.

    Parameters
    ----------
    attention : torch.Tensor, ndarray, or list or tuple of layers
        Layers of ``[heads, queries, keys]``, or ``[1, heads, queries, keys]`` as transformers returns
        them.
    name : str
        The argument's name, for errors.

    Returns
    -------
    ndarray [layers, heads, queries, keys], float32
        The caller's data are copied.

    Raises
    ------
    ValueError
        For no attention at all, a layer without, several texts, or another shape.

    Examples
    --------
    >>> import numpy as np
    >>> layers_of([np.ones((1, 2, 3, 3)) / 3], "attention").shape
    (1, 2, 3, 3)
    >>> layers_of((), "attention")
    Traceback (most recent call last):
    ...
    ValueError: attention is empty: transformers returns none under its default attention. ...
    """
    if attention is None or len(attention) == 0:
        raise ValueError(
            f"{name} is empty: transformers returns none under its default attention. Load the model with "
            'attn_implementation="eager" and call it with output_attentions=True, or let this package do '
            "it: bertviz_plus.wrap(model, tokenizer), then model.trace(text). On transformers 5 outputs[-1] "
            "is not attention any more: pass outputs.attentions."
        )
    layers = []
    for number, layer in enumerate(attention):
        if layer is None:
            raise ValueError(
                f"{name}[{number}] is None: the model gave no attention for this layer. Load it with "
                'attn_implementation="eager", use model.trace, or leave the layer out.'
            )
        layers.append(_one_layer(numpy_array(layer, f"{name}[{number}]"), f"{name}[{number}]"))
    shapes = {layer.shape for layer in layers}
    if len(shapes) > 1:
        raise ValueError(f"{name} must have layers of one shape, got {_listed(sorted(shapes))}")
    return np.stack(layers)


def _one_layer(layer: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    if layer.ndim == 4 and layer.shape[0] != 1:
        raise ValueError(
            f"{name} holds a batch of {layer.shape[0]} texts, a trace holds one. Pick a text: "
            "[layer[i:i+1] for layer in attention], with its own tokens and without padding."
        )
    if layer.ndim == 4:
        layer = layer[0]
    if layer.ndim != 3:
        raise ValueError(
            f"{name} must have the shape [heads, queries, keys] or [1, heads, queries, keys], "
            f"got {list(layer.shape)}; of a model's outputs pass outputs.attentions, not outputs[-1]"
        )
    return layer


def check_rows(attention: NDArray[np.float32], name: str, *, normalise: bool) -> NDArray[np.float32]:
    """Warn of rows that do not sum to 1, or divide each by its sum.

    Rows with a missing weight (NaN or infinite) are left as they are, and so are rows of zeros.

    Parameters
    ----------
    attention : ndarray [layers, heads, queries, keys]
        Weights; changed in place where `normalise` is true.
    name : str
        The argument's name, for the warning.
    normalise : bool
        Divide instead of warning.

    Returns
    -------
    ndarray [layers, heads, queries, keys]

    Examples
    --------
    >>> import numpy as np
    >>> check_rows(np.array([[[[2, 2], [0, 4]]]], np.float32), "attention", normalise=True)
    array([[[[0.5, 0.5],
             [0. , 1. ]]]], dtype=float32)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        sums = attention.sum(axis=-1)
    present = np.isfinite(sums)
    if normalise:
        divisors = np.where(present & (sums != 0), sums, np.float32(1))
        attention /= divisors[..., np.newaxis]
        return attention
    distance = np.where(present, np.abs(np.where(present, sums, 1) - 1), 0)
    if distance.size and distance.max() > ROW_TOLERANCE:
        layer, head, row = np.unravel_index(int(distance.argmax()), distance.shape)
        warnings.warn(
            f"{name} has {int((distance > ROW_TOLERANCE).sum())} rows that do not sum to 1; the worst is "
            f"row {row} of layer {layer}, head {head}, with a sum of {sums[layer, head, row]:.4g}. They are "
            "kept as they are; normalise=True divides each row by its sum.",
            UserWarning,
            stacklevel=4,
        )
    return attention


def check_utf8(text: str, name: str) -> None:
    r"""Refuse half a character, which no tokenizer can read.

    Examples
    --------
    >>> check_utf8("\ud83d", "text")
    Traceback (most recent call last):
    ...
    ValueError: text must be text that UTF-8 can write, got '\ud83d' in it: half a character, or a
        byte that is no text
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} must be text that UTF-8 can write, got {text[error.start]!r} in it: "
            "half a character, or a byte that is no text"
        ) from error


def whole_number(value: Any) -> int | None:
    """Return a whole number, also one in a tensor or array of one element; `None` for anything else.

    Examples
    --------
    >>> whole_number(np.array([3])), whole_number(2.5), whole_number(True)
    (3, None, None)
    """
    single = value.item() if hasattr(value, "item") and np.size(value) == 1 else value
    if isinstance(single, bool):
        return None
    try:
        return index(single)
    except (TypeError, ValueError):
        return None


def count_or_none(value: Any, name: str) -> int | None:
    """Return a whole number from 1, or `None`, which leaves the number to the caller.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> count_or_none(8, "batch_size"), count_or_none(None, "batch_size")
    (8, None)
    >>> count_or_none(0, "batch_size")
    Traceback (most recent call last):
    ...
    ValueError: batch_size must be a whole number from 1, or None, got 0
    """
    number = None if value is None else whole_number(value)
    if value is not None and (number is None or number < 1):
        raise ValueError(f"{name} must be a whole number from 1, or None, got {value!r}")
    return number


def check_tokens(tokens: Any, name: str) -> tuple[str, ...]:
    """Return tokens as a tuple of strings.

    Examples
    --------
    >>> check_tokens(["the", "cat"], "tokens")
    ('the', 'cat')
    >>> check_tokens("the cat", "tokens")
    Traceback (most recent call last):
    ...
    ValueError: tokens must be a sequence of strings, one per token, got one string
    """
    if isinstance(tokens, str):
        raise ValueError(f"{name} must be a sequence of strings, one per token, got one string")
    if not isinstance(tokens, Iterable):
        raise ValueError(f"{name} must be a sequence of strings, one per token, got {_kind(tokens)}")
    listed = tuple(tokens)
    for position, token in enumerate(listed):
        if not isinstance(token, str):
            raise ValueError(
                f"{name}[{position}] must be a string, got {_kind(token)}; "
                "tokenizer.convert_ids_to_tokens(ids) gives strings"
            )
    return listed


def check_token_count(n: int, tokens: Sequence[str], name: str, tokens_name: str) -> None:
    """Refuse a number of tokens that is not the number of rows.

    Examples
    --------
    >>> check_token_count(3, ["the", "cat"], "attention", "tokens")
    Traceback (most recent call last):
    ...
    ValueError: tokens has 2 tokens, attention is for 3. ...
    """
    if n != len(tokens):
        raise ValueError(
            f"{tokens_name} has {len(tokens)} tokens, {name} is for {n}. Special tokens such as [CLS] count; "
            "tokenizer.convert_ids_to_tokens(inputs['input_ids'][0]) gives them all."
        )


def check_length(values: Sequence[object] | None, n: int, name: str) -> None:
    """Refuse what has not one entry per token; `None` stands for what is not known.

    Examples
    --------
    >>> check_length((0, 0), 3, "segment_ids")
    Traceback (most recent call last):
    ...
    ValueError: segment_ids must have one entry for each of the 3 tokens, got 2
    """
    if values is not None and len(values) != n:
        raise ValueError(f"{name} must have one entry for each of the {n} tokens, got {len(values)}")


def check_word_ids(word_ids: Sequence[int], n_words: int | None) -> None:
    """Refuse word numbers that do not count on, or that name no word.

    Examples
    --------
    >>> check_word_ids((-1, 0, 1, 0), 2)
    Traceback (most recent call last):
    ...
    ValueError: word_ids must count on, with the pieces of a word side by side, got 0 after 1 at token 3
    """
    last, before = -1, -1
    for position, word in enumerate(word_ids):
        if word < -1:
            raise ValueError(f"word_ids[{position}] must be -1 (no word) or a word's number, got {word}")
        if n_words is not None and word >= n_words:
            raise ValueError(
                f"word_ids[{position}] must be -1..{n_words - 1} for {n_words} words, got {word}"
            )
        if 0 <= word < last or (word >= 0 and word == last and before != word):
            raise ValueError(
                "word_ids must count on, with the pieces of a word side by side, "
                f"got {word} after {last} at token {position}"
            )
        last, before = max(last, word), word


def count_missing(weights: NDArray[Any]) -> int:
    """Count weights that are NaN or infinite.

    Parameters
    ----------
    weights : ndarray [layers, ...]
        Counted layer by layer, so that little memory is needed.

    Examples
    --------
    >>> count_missing(np.array([[0.5, np.nan], [np.inf, 0.5]]))
    2
    """
    with np.errstate(invalid="ignore", over="ignore"):
        # A sum is finite unless a weight is not; half precision may overflow, and is then counted.
        suspects = [layer for layer in weights if not np.isfinite(layer.sum())]
    return sum(int(layer.size - np.count_nonzero(np.isfinite(layer))) for layer in suspects)


def read_only(array: Any, name: str, shape: Sequence[int | None]) -> NDArray[Any]:
    """Return a view of an array that nobody can write through, its shape checked.

    Parameters
    ----------
    array : array_like
        Numbers; the caller's own array stays writeable.
    name : str
        The argument's name, for errors.
    shape : sequence of int or None
        What each dimension must be; `None` where any size is allowed.

    Returns
    -------
    ndarray, float32 or float16

    Examples
    --------
    >>> import numpy as np
    >>> read_only(np.zeros((2, 3)), "hidden_states", (None, 4))
    Traceback (most recent call last):
    ...
    ValueError: hidden_states must have the shape [any, 4], got [2, 3]
    """
    if not (isinstance(array, np.ndarray) and array.dtype == np.float16):
        array = numpy_array(array, name)
    fits = array.ndim == len(shape) and all(
        wanted is None or wanted == got for wanted, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        allowed = ", ".join("any" if size is None else str(size) for size in shape)
        raise ValueError(f"{name} must have the shape [{allowed}], got {list(array.shape)}")
    view: NDArray[Any] = array.view()
    view.flags.writeable = False
    return view


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    return " and ".join(str(list(shape)) for shape in shapes)


def _kind(value: object) -> str:
    return (
        f"{type(value).__name__} {value!r:.40}"
        if isinstance(value, int | float | str)
        else type(value).__name__
    )
