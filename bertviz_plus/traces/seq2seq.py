"""What was read from an encoder–decoder model: its two sides, and what one reads of the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from bertviz_plus.traces.array_names import (
    CROSS_ARRAYS,
    CROSS_PER_PAIR,
    CROSS_PER_SOURCE,
    CROSS_PER_TARGET,
)
from bertviz_plus.traces.checks import (
    check_rows,
    check_token_count,
    check_tokens,
    count_missing,
    layers_of,
    read_only,
)
from bertviz_plus.traces.from_attention import trace_from_attention
from bertviz_plus.traces.storage import SavedTrace
from bertviz_plus.traces.summary import summarise_pair
from bertviz_plus.traces.tokens import is_frame_name, legible_tokens
from bertviz_plus.traces.trace import ModelInfo, Trace
from bertviz_plus.traces.units import merge_attention, merge_vectors, unit_starts


@dataclass(frozen=True, eq=False, repr=False)
class Seq2SeqTrace(SavedTrace):
    """What was read from an encoder–decoder model on one source and one target.

    Frozen, compared by identity; its arrays cannot be written to. A side that is not known has no
    attention, and no tokens where those are not known either.

    Attributes
    ----------
    encoder, decoder : Trace
        The source and the target, with the attention of each within itself.
    cross : ndarray [layers, heads, target, source] or None
        What each token of the target takes from the source; each row sums to 1.
    cross_queries, cross_context : ndarray [layers, heads, target, head_dim] or None
        Cross-attention's queries, and what its heads give before the output projection.
    cross_keys, cross_values : ndarray [layers, heads, source, head_dim] or None
        Cross-attention's keys and values.
    cross_scores : ndarray [layers, heads, target, source] or None
        Cross-attention before the softmax.
    cross_output_norms : ndarray [layers, heads, target, source] or None
        Norm of each source token's weighted, projected value.
    cross_scaling : tuple of float or None
        For each layer the factor on query · key.
    cross_layers : tuple of int
        The model's numbers of the layers in `cross`; those of the decoder unless given.

    Raises
    ------
    ValueError
        Where the parts do not fit each other.

    Examples
    --------
    >>> import numpy as np
    >>> trace = Seq2SeqTrace(Trace(("der", "Hund")), Trace(("the", "dog")), np.full((1, 1, 2, 2), 0.5))
    >>> trace
    Seq2SeqTrace
      encoder: 2 tokens
        der Hund
        nothing kept
        no words: the tokenizer gave no alignment
      decoder: 2 tokens
        the dog
        nothing kept
        no words: the tokenizer gave no alignment
      cross [1, 1, 2, 2] float32, 16 bytes
    """

    encoder: Trace
    decoder: Trace
    cross: NDArray[Any] | None = None
    cross_queries: NDArray[Any] | None = None
    cross_keys: NDArray[Any] | None = None
    cross_values: NDArray[Any] | None = None
    cross_context: NDArray[Any] | None = None
    cross_scores: NDArray[Any] | None = None
    cross_output_norms: NDArray[Any] | None = None
    cross_scaling: tuple[float, ...] | None = None
    cross_layers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ("encoder", "decoder"):
            if not isinstance(side := getattr(self, name), Trace):
                raise ValueError(f"{name} must be a Trace, got {type(side).__name__}")
        if self.encoder.units != self.decoder.units:
            raise ValueError("encoder and decoder must both be in tokens or both in words")
        target, source = self.decoder.n_tokens, self.encoder.n_tokens
        layers: int | None = len(self.cross_layers) or None
        heads: int | None = None
        for name in CROSS_ARRAYS:
            if (array := getattr(self, name)) is not None:
                rows, columns = _cross_shape(name, target, source)
                array = read_only(array, name, (layers, heads, rows, columns))
                layers, heads = array.shape[:2]
                object.__setattr__(self, name, array)
        if not self.cross_layers and layers:
            own = self.decoder.layers
            object.__setattr__(self, "cross_layers", own if len(own) == layers else tuple(range(layers)))
        if self.cross_scaling is not None and len(self.cross_scaling) != len(self.cross_layers):
            raise ValueError(
                f"cross_scaling must have one factor for each of {len(self.cross_layers)} layers, "
                f"got {len(self.cross_scaling)}"
            )

    @property
    def model(self) -> ModelInfo:
        """Which model this is from."""
        return self.encoder.model

    @property
    def units(self) -> str:
        """What rows and columns stand for: "tokens" or "words"."""
        return self.encoder.units

    @cached_property
    def missing(self) -> int:
        """How many cross-attention weights are NaN or infinite."""
        return 0 if self.cross is None else count_missing(self.cross)

    def to_words(self) -> "Seq2SeqTrace":
        """Merge the pieces of each word on both sides, as `Trace.to_words` does.

        Raises
        ------
        ValueError
            Where one side knows of no words; the message says which.

        Examples
        --------
        >>> import numpy as np
        >>> source = Trace(("Hund", "e"), words=("Hunde",), word_ids=(0, 0))
        >>> target = Trace(("dog", "s"), words=("dogs",), word_ids=(0, 0))
        >>> Seq2SeqTrace(source, target, np.full((1, 1, 2, 2), 0.5)).to_words().cross.tolist()
        [[[[1.0]]]]
        """
        if self.units == "words":
            return self
        merged: dict[str, Any] = {}
        starts = {}
        for name, side in (("encoder", self.encoder), ("decoder", self.decoder)):
            try:
                merged[name] = side.to_words()
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            starts[name] = unit_starts(side.word_ids or ())
        target, source = starts["decoder"], starts["encoder"]
        arrays: dict[str, Any] = dict.fromkeys(CROSS_ARRAYS)
        if self.cross is not None:
            arrays["cross"] = merge_attention(self.cross, target, source)
        for names, units in ((CROSS_PER_TARGET, target), (CROSS_PER_SOURCE, source)):
            for name in names:
                if (array := getattr(self, name)) is not None:
                    arrays[name] = merge_vectors(array, units)
        return replace(self, **merged, **arrays)

    @classmethod
    def from_attention(
        cls,
        encoder_attention: Any = None,
        decoder_attention: Any = None,
        cross_attention: Any = None,
        encoder_tokens: Sequence[str] | None = None,
        decoder_tokens: Sequence[str] | None = None,
        *,
        normalise: bool = False,
        layers: Sequence[int] | None = None,
        prettify_tokens: bool = True,
    ) -> "Seq2SeqTrace":
        """Make a trace of an encoder–decoder's attention that was computed elsewhere.

        Parameters
        ----------
        encoder_attention, decoder_attention, cross_attention : tensor, array, list or tuple of layers
            Any of the three may be left out; forms as in `Trace.from_attention`. Cross-attention has
            the shape ``[layers, heads, decoder tokens, encoder tokens]``.
        encoder_tokens, decoder_tokens : sequence of str
            Each is needed where an attention is given that has it on one side.
        normalise, layers, prettify_tokens
            As in `Trace.from_attention`, for all three.

        Returns
        -------
        Seq2SeqTrace
            What was left out is `None`.

        Raises
        ------
        ValueError
            Where nothing was given, tokens are missing, or their number does not fit.

        Examples
        --------
        >>> import numpy as np
        >>> trace = Seq2SeqTrace.from_attention(
        ...     cross_attention=np.full((1, 2, 3, 2), 0.5),
        ...     encoder_tokens=["▁Hund", "</s>"], decoder_tokens=["▁a", "▁dog", "</s>"])
        >>> trace.decoder.tokens, trace.encoder.attention is None
        (('a', 'dog', '</s>'), True)
        """
        if encoder_attention is None and decoder_attention is None and cross_attention is None:
            raise ValueError("one of encoder_attention, decoder_attention and cross_attention must be given")
        needs = {
            "encoder_tokens": (encoder_tokens, encoder_attention, cross_attention),
            "decoder_tokens": (decoder_tokens, decoder_attention, cross_attention),
        }
        for name, (tokens, *attentions) in needs.items():
            if tokens is None and any(attention is not None for attention in attentions):
                own = name.replace("tokens", "attention")
                raise ValueError(f"{name} must be given with {own} and with cross_attention")
        sides = []
        for name, attention, tokens in (
            ("encoder", encoder_attention, encoder_tokens),
            ("decoder", decoder_attention, decoder_tokens),
        ):
            if attention is None:
                sides.append(_bare_side(tokens or (), f"{name}_tokens", prettify_tokens=prettify_tokens))
                continue
            sides.append(
                trace_from_attention(
                    Trace,
                    attention,
                    tokens or (),
                    normalise=normalise,
                    layers=layers,
                    prettify_tokens=prettify_tokens,
                    name=f"{name}_attention",
                    tokens_name=f"{name}_tokens",
                )
            )
        cross = None
        if cross_attention is not None:
            cross = layers_of(cross_attention, "cross_attention")
            check_token_count(cross.shape[2], sides[1].tokens, "cross_attention (rows)", "decoder_tokens")
            check_token_count(cross.shape[3], sides[0].tokens, "cross_attention (columns)", "encoder_tokens")
            cross = check_rows(cross, "cross_attention", normalise=normalise)
        encoder, decoder = sides
        return cls(encoder, decoder, cross, cross_layers=() if cross is None else tuple(layers or ()))

    def __repr__(self) -> str:
        return summarise_pair(self)


def _cross_shape(name: str, target: int, source: int) -> tuple[int, int | None]:
    if name in CROSS_PER_PAIR:
        return target, source
    return (target if name in CROSS_PER_TARGET else source), None


def _bare_side(tokens: Sequence[str], name: str, *, prettify_tokens: bool) -> Trace:
    pieces = check_tokens(tokens, name)
    return Trace(
        tokens=legible_tokens(pieces) if prettify_tokens else pieces,
        is_special=tuple(map(is_frame_name, pieces)),
    )
