"""What was read from a model on one text: tokens, words, and the arrays that were kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from numpy.typing import NDArray

from bertviz_plus.traces.array_names import PER_HEAD, PER_PAIR, PER_QUERY
from bertviz_plus.traces.checks import check_length, check_tokens, check_word_ids, count_missing, read_only
from bertviz_plus.traces.from_attention import trace_from_attention, trace_from_outputs
from bertviz_plus.traces.merging import merge_words
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.storage import SavedTrace
from bertviz_plus.traces.summary import summarise

__all__ = ["ModelInfo", "Trace"]


@dataclass(frozen=True, eq=False, repr=False)
class Trace(SavedTrace):
    """What was read from a model on one text or one pair of texts.

    Frozen, compared by identity; its arrays cannot be written to. Layers and heads count from 0.

    Attributes
    ----------
    tokens : tuple of str
        The text that each token covers; a special token by its name.
    text, pair : str or None
        What was traced.
    token_ids : tuple of int or None
        Places in the model's vocabulary.
    words : tuple of str or None
        The words, the pair's after the text's; `None` where the tokenizer has no alignment.
    word_ids : tuple of int or None
        For each token its word, -1 for special tokens.
    offsets : tuple of (int, int) or None
        Characters of each token in `text`, or in `pair` where its segment is 1.
    segment_ids : tuple of int
        0 or 1: which text a token belongs to. Zeros unless given.
    is_special : tuple of bool
        Tokens that frame the text, such as ``[CLS]``.
    layers : tuple of int
        The model's numbers of the layers that are here; 0, 1, … unless given.
    causal : bool
        Whether a token sees only what precedes it.
    model : ModelInfo
        Which model this is from.
    truncated : int
        How many tokens were cut off because the model takes no more.
    attention : ndarray [layers, heads, queries, keys] or None
        Weights; each row sums to 1, with `sinks` where there are some. NaN and infinite weights are missing
        ones.
    hidden_states : ndarray [layers + 1, tokens, hidden] or None
        Hidden layer 0 is the embeddings; attention layer l turns hidden layer l into l + 1.
    queries, keys, values, context : ndarray [layers, heads, tokens, head_dim] or None
        What a head computes; `context` is its output before the output projection.
    scores : ndarray [layers, heads, queries, keys] or None
        Before the softmax, mask and position bias included.
    output_norms : ndarray [layers, heads, queries, keys] or None
        Norm of each key's weighted, projected value (Kobayashi et al. 2020, equation 3).
    sinks, sink_scores : ndarray [layers, heads, queries] or None
        Where attention has a sink (GPT-OSS): the weight that goes to no token, which makes up a row of
        `attention` to 1, and the score that stands for it beside a row of `scores`.
    scaling : tuple of float or None
        For each layer the factor on query · key.
    units : {"tokens", "words"}
        What rows and columns stand for.

    Raises
    ------
    ValueError
        Where the parts do not fit each other.

    Examples
    --------
    >>> import numpy as np
    >>> trace = Trace(("the", "cat"), attention=np.full((1, 1, 2, 2), 0.5))
    >>> trace.n_layers, trace.n_heads, trace.n_tokens
    (1, 1, 2)
    >>> trace
    Trace of 2 tokens, 1 layer × 1 head
      the cat
      attention [1, 1, 2, 2] float32, 16 bytes
      no words: the tokenizer gave no alignment
    """

    tokens: tuple[str, ...]
    text: str | None = None
    pair: str | None = None
    token_ids: tuple[int, ...] | None = None
    words: tuple[str, ...] | None = None
    word_ids: tuple[int, ...] | None = None
    offsets: tuple[tuple[int, int], ...] | None = None
    segment_ids: tuple[int, ...] = ()
    is_special: tuple[bool, ...] = ()
    layers: tuple[int, ...] = ()
    causal: bool = False
    model: ModelInfo = field(default_factory=ModelInfo)
    truncated: int = 0
    attention: NDArray[Any] | None = None
    hidden_states: NDArray[Any] | None = None
    queries: NDArray[Any] | None = None
    keys: NDArray[Any] | None = None
    values: NDArray[Any] | None = None
    context: NDArray[Any] | None = None
    scores: NDArray[Any] | None = None
    output_norms: NDArray[Any] | None = None
    sinks: NDArray[Any] | None = None
    sink_scores: NDArray[Any] | None = None
    scaling: tuple[float, ...] | None = None
    units: Literal["tokens", "words"] = "tokens"

    def __post_init__(self) -> None:
        tokens = check_tokens(self.tokens, "tokens")
        n = len(tokens)
        self._set("tokens", tokens)
        self._set("segment_ids", tuple(map(int, self.segment_ids)) or (0,) * n)
        self._set("is_special", tuple(map(bool, self.is_special)) or (False,) * n)
        for name in ("token_ids", "words", "word_ids", "scaling"):
            if (value := getattr(self, name)) is not None:
                self._set(name, tuple(value))
        if self.offsets is not None:
            self._set("offsets", tuple((int(start), int(end)) for start, end in self.offsets))
        for name in ("token_ids", "word_ids", "offsets", "segment_ids", "is_special"):
            check_length(getattr(self, name), n, name)
        if not set(self.segment_ids) <= {0, 1}:
            raise ValueError(f"segment_ids must be 0 or 1, got {sorted(set(self.segment_ids))}")
        if self.word_ids is not None:
            check_word_ids(self.word_ids, None if self.words is None else len(self.words))
        if self.units not in ("tokens", "words"):
            raise ValueError(f'units must be "tokens" or "words", got {self.units!r}')
        self._check_arrays(n)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check_arrays(self, n: int) -> None:
        layers: int | None = None
        if self.layers:
            self._set("layers", tuple(map(int, self.layers)))
            layers = len(self.layers)
            if len(set(self.layers)) != layers or min(self.layers) < 0:
                raise ValueError(f"layers must be different numbers from 0 on, got {self.layers}")
        heads: int | None = None
        for name in (*PER_PAIR, *PER_HEAD):
            if (array := getattr(self, name)) is not None:
                array = read_only(array, name, (layers, heads, n, n if name in PER_PAIR else None))
                layers, heads = array.shape[:2]
                self._set(name, array)
        for name in PER_QUERY:
            if (array := getattr(self, name)) is not None:
                self._set(name, read_only(array, name, (layers, heads, n)))
        if self.hidden_states is not None:
            self._set("hidden_states", read_only(self.hidden_states, "hidden_states", (None, n, None)))
        if not self.layers and layers:
            self._set("layers", tuple(range(layers)))
        if self.scaling is not None and len(self.scaling) != len(self.layers):
            raise ValueError(
                f"scaling must have one factor for each of {len(self.layers)} layers, got {len(self.scaling)}"
            )

    @property
    def n_layers(self) -> int:
        """How many attention layers are here."""
        return len(self.layers)

    @property
    def n_heads(self) -> int:
        """How many heads a layer has; 0 where nothing that is here tells."""
        for name in (*PER_PAIR, *PER_HEAD):
            if (array := getattr(self, name)) is not None:
                return int(array.shape[1])
        return self.model.heads or 0

    @property
    def n_tokens(self) -> int:
        """How many tokens there are, special ones counted; words where `units` says so."""
        return len(self.tokens)

    @cached_property
    def missing(self) -> int:
        """How many attention weights are NaN or infinite."""
        return 0 if self.attention is None else count_missing(self.attention)

    def attention_of(self, layer: int) -> NDArray[Any]:
        """Return the weights of one layer, by its number in the model.

        Parameters
        ----------
        layer : int
            One of `layers`.

        Returns
        -------
        ndarray [heads, queries, keys]

        Raises
        ------
        ValueError
            Where the trace has no attention, or not that layer.

        Examples
        --------
        >>> import numpy as np
        >>> trace = Trace(("the", "cat"), layers=(5,), attention=np.full((1, 1, 2, 2), 0.5))
        >>> trace.attention_of(5).shape
        (1, 2, 2)
        """
        if self.attention is None:
            raise ValueError('this trace holds no attention; trace with keep=("attention",)')
        weights: NDArray[Any] = self.attention[self.position_of(layer)]
        return weights

    def position_of(self, layer: int) -> int:
        """Return where a layer of the model stands in this trace's arrays.

        Raises
        ------
        ValueError
            Where the layer is not here.

        Examples
        --------
        >>> import numpy as np
        >>> Trace(("a",), layers=(3, 5), attention=np.ones((2, 1, 1, 1))).position_of(5)
        1
        """
        if layer not in self.layers:
            given: Any = layer
            token = f'; trace.tokens.index("{given}") finds a token' if isinstance(given, str) else ""
            raise ValueError(f"layer must be {_numbers(self.layers)} for this trace, got {given!r}{token}")
        return self.layers.index(layer)

    def to_words(self) -> "Trace":
        """Merge the pieces of each word into one unit, by Clark's rule.

        Attention to a word is the sum over its pieces, attention from it the mean (Clark et al. 2019,
        section 4.1), so rows still sum to 1. Hidden states, queries, keys, values and context are the
        mean over the pieces. `scores` and `output_norms` are left out: neither has a value for a word
        that follows from those of its pieces. Special tokens stay units of their own.

        Returns
        -------
        Trace
            With ``units="words"``; `words` is kept whole, `word_ids` gives each unit's word.

        Raises
        ------
        ValueError
            Where the trace knows of no words.

        Examples
        --------
        >>> import numpy as np
        >>> trace = Trace(("cat", "s", "sit"), words=("cats", "sit"), word_ids=(0, 0, 1),
        ...               attention=np.full((1, 1, 3, 3), 1 / 3))
        >>> words = trace.to_words()
        >>> words.tokens, words.attention.round(2).tolist()
        (('cats', 'sit'), [[[[0.67..., 0.33...], [0.67..., 0.33...]]]])
        """
        if self.units == "words":
            return self
        if self.words is None or self.word_ids is None:
            raise ValueError(
                "to_words needs words, and this trace has none: its tokenizer gives no alignment between "
                "tokens and words. Trace with words=[...], or pass word_ids= to Trace.from_attention."
            )
        return merge_words(self, self.words, self.word_ids)

    @classmethod
    def from_attention(
        cls,
        attention: Any,
        tokens: Sequence[str],
        pair_start: int | None = None,
        *,
        normalise: bool = False,
        word_ids: Sequence[int] | None = None,
        layers: Sequence[int] | None = None,
        prettify_tokens: bool = True,
    ) -> "Trace":
        """Make a trace of attention that was computed elsewhere.

        Parameters
        ----------
        attention : torch.Tensor, ndarray, or list or tuple of layers
            ``[layers, heads, tokens, tokens]``, with or without a batch axis of one after the layers;
            any precision. The data are copied. NaN and infinite weights are kept, and count as missing.
        tokens : sequence of str
            As the tokenizer spells them. Those with the usual names of special tokens (``[CLS]``,
            ``[SEP]``, ``<s>``, ``</s>``, ``<pad>``, ``<|endoftext|>``, …) count as special; ``[MASK]``
            and ``[UNK]`` stand for words and do not.
        pair_start : int, optional
            The first token of the second text (bertviz's ``sentence_b_start``).
        normalise : bool, default False
            Divide each row by its sum.
        word_ids : sequence of int, optional
            For each token its word, -1 for none. Without it the trace has no words: they are never
            guessed from the spelling.
        layers : sequence of int, optional
            The model's numbers of the given layers; 0, 1, … without it.
        prettify_tokens : bool, default True
            Show ``##ing``, ``Ġthe`` and ``▁the`` as ``ing`` and ``the``.

        Returns
        -------
        Trace

        Raises
        ------
        ValueError
            For no attention (transformers' default gives an empty tuple), a batch of several texts, or
            a number of tokens that does not fit.

        Warns
        -----
        UserWarning
            Where rows do not sum to 1, unless `normalise`.

        Examples
        --------
        >>> import numpy as np
        >>> trace = Trace.from_attention(np.full((2, 4, 3, 3), 1 / 3), ["[CLS]", "run", "##ning"])
        >>> trace.tokens, trace.is_special
        (('[CLS]', 'run', 'ning'), (True, False, False))
        """
        return trace_from_attention(
            cls,
            attention,
            tokens,
            pair_start,
            normalise=normalise,
            word_ids=word_ids,
            layers=layers,
            prettify_tokens=prettify_tokens,
        )

    @classmethod
    def from_outputs(
        cls, outputs: Any, inputs: Any, tokenizer: Any, *, text: str | None = None, pair: str | None = None
    ) -> "Trace":
        """Make a trace of a forward pass of your own.

        Parameters
        ----------
        outputs : transformers.ModelOutput
            With `attentions`, `hidden_states` or both, of one text.
        inputs : transformers.BatchEncoding or dict
            What was given to the model. As the tokenizer returned it, it carries words and offsets; a
            plain dict of tensors does not.
        tokenizer : transformers tokenizer
            The one that made `inputs`.
        text, pair : str, optional
            What was tokenised; tokens are then shown as the text they cover.

        Returns
        -------
        Trace
            Padding is left out.

        Raises
        ------
        ValueError
            For a batch of several texts, or outputs that hold neither attention nor hidden states.

        Examples
        --------
        >>> from types import SimpleNamespace
        >>> import numpy as np
        >>> from tokenizers import Tokenizer, models
        >>> from transformers import PreTrainedTokenizerFast
        >>> pieces = Tokenizer(models.WordPiece({"[UNK]": 0, "cat": 1, "##s": 2}, unk_token="[UNK]"))
        >>> tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, unk_token="[UNK]")
        >>> outputs = SimpleNamespace(attentions=(np.full((1, 1, 2, 2), 0.5),), hidden_states=None)
        >>> Trace.from_outputs(outputs, tokenizer(["cats"]), tokenizer, text="cats").words
        ('cats',)
        """
        return trace_from_outputs(cls, outputs, inputs, tokenizer, text=text, pair=pair)

    def __repr__(self) -> str:
        return summarise(self)


def _numbers(layers: tuple[int, ...]) -> str:
    if not layers:
        return "absent"
    consecutive = layers == tuple(range(layers[0], layers[0] + len(layers)))
    return f"{layers[0]}..{layers[-1]}" if consecutive else f"one of {', '.join(map(str, layers))}"
