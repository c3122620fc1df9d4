"""A Hugging Face model and its tokenizer, ready to be traced."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

from transformers import PreTrainedModel

from bertviz_plus.models.interventions.intervening import (
    Intervention,
    as_it_is,
    intervening,
    interventions_of,
)
from bertviz_plus.models.passes.blocks import StackName, find_stacks
from bertviz_plus.models.passes.encoding import Encoded, Given, encode, given, longest_input
from bertviz_plus.models.passes.forward import Manner, Pass, Readable, run_pass
from bertviz_plus.models.passes.placing import MisplacedError
from bertviz_plus.models.passes.request import Request, checked_request
from bertviz_plus.models.passes.seq2seq import shifted_right, written_by
from bertviz_plus.models.passes.streaming import checked_item, in_stretches, with_progress
from bertviz_plus.models.passes.trial import (
    Trial,
    check_given,
    find_places,
    instead_of_a_trace,
    reads_batches,
    try_model,
    warn_of_sums,
)
from bertviz_plus.models.predictions.asking import Asking
from bertviz_plus.models.stated import (
    completed,
    needed_number,
    stated_number,
    vocabulary_of,
    without_peft,
)
from bertviz_plus.traces.array_names import PER_PAIR, PER_QUERY
from bertviz_plus.traces.checks import count_or_none
from bertviz_plus.traces.trace import ModelInfo, Trace

if TYPE_CHECKING:
    from bertviz_plus.traces.seq2seq import Seq2SeqTrace
    from bertviz_plus.views.attention import AttentionView


class Model(Asking):
    """A model that can be traced. Made by `load` or `wrap`.

    Attributes
    ----------
    hf : transformers.PreTrainedModel
        The model itself. It is lent for each pass and comes back as it was: parameters, attention
        implementation, training mode and hooks.
    tokenizer : transformers tokenizer
    info : ModelInfo
        Which model this is, and where its weights came from.
    n_layers, n_heads, hidden_size : int
        Attention layers (an encoder-decoder's encoder), heads in each (0 where layers differ, or
        none attends), width of a hidden state.
    max_tokens : int or None
        The longest text that the model reads; `None` where nothing says so.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load()
    >>> model.n_layers, model.n_heads, model.hidden_size
    (6, 12, 384)
    """

    def __init__(self, hf: PreTrainedModel, tokenizer: Any, info: ModelInfo | None = None) -> None:
        hf = without_peft(hf)
        if not callable(tokenizer) or not hasattr(tokenizer, "convert_ids_to_tokens"):
            raise TypeError(f"tokenizer must be a transformers tokenizer, got {type(tokenizer).__name__}")
        self.hf = hf
        self.tokenizer = tokenizer
        self._stacks = find_stacks(hf)
        self.n_layers = self._stacks[0].n_layers
        # An encoder-decoder made of two models has a configuration for each.
        configs = [stack.config for stack in self._stacks]
        self.n_heads = stated_number(configs[0], "num_attention_heads") or 0
        self.hidden_size = needed_number(configs[0], "hidden_size")
        self.max_tokens = longest_input(hf, configs, tokenizer)
        self._vocabulary = vocabulary_of(hf)
        self._info = completed(info or ModelInfo(), hf, self.n_layers, self.n_heads)

    @property
    def info(self) -> ModelInfo:
        """Which model this is, and which interventions are in force."""
        changed = interventions_of(self.hf)
        return replace(self._info, changed=changed) if changed else self._info

    @property
    def is_encoder_decoder(self) -> bool:
        """Whether `trace` gives a `Seq2SeqTrace`."""
        return len(self._stacks) > 1

    @cached_property
    def _trial(self) -> Trial:
        with as_it_is():
            return try_model(self.hf, self._stacks, self._vocabulary)

    @cached_property
    def _reads_batches(self) -> bool:
        with as_it_is():
            return reads_batches(self.hf, self._reader, self._stacks[0], self._vocabulary)

    @property
    def _reader(self) -> Any:
        """What reads a text: the encoder of an encoder-decoder, or all but the head."""
        return self._stacks[0].root if self.is_encoder_decoder else self.hf.base_model

    @property
    def records_attention(self) -> bool:
        """Whether more than weights can be had of attention: queries, keys, values, scores, context, norms.

        True of every architecture that follows transformers' `AttentionInterface`; MPNet and DeBERTa do not.
        """
        return self._trial.manner.attention == "recorded"

    def trace(
        self,
        text: str | None = None,
        pair: str | None = None,
        *,
        words: Sequence[str] | None = None,
        pair_words: Sequence[str] | None = None,
        keep: Sequence[str] = ("attention", "hidden_states"),
        layers: Sequence[int] | None = None,
        dtype: Literal["float32", "float16"] = "float32",
        truncation: bool = True,
    ) -> "Trace | Seq2SeqTrace":
        """Run the model on one text, or on a text and its pair, and keep what it computes.

        Parameters
        ----------
        text : str, optional
            What to read.
        pair : str, optional
            The second text of a pair. For an encoder-decoder the target: its decoder reads the start token
            and the target without its last token, so row i is the decoder while it writes token i. Without
            one the model writes a target itself, greedily, up to 128 tokens.
        words, pair_words : sequence of str, optional
            The same, already cut into words, instead of `text` and `pair`.
        keep : sequence of str
            Any of ``"attention"``, ``"hidden_states"``, ``"queries"``, ``"keys"``, ``"values"``,
            ``"scores"``, ``"context"``, ``"output_norms"``. Keys and values that several heads share are
            repeated. Where a mask hides a key its score is the smallest number of the model's precision.
        layers : sequence of int, optional
            Attention layers to keep, all of them by default. The pass stops at the deepest one; hidden layers
            are kept from 0 to the one after it.
        dtype : {"float32", "float16"}
            What the arrays hold.
        truncation : bool, default True
            Whether a text that is longer than the model is cut, with a warning, or refused.

        Returns
        -------
        Trace or Seq2SeqTrace
            A `Seq2SeqTrace` for an encoder-decoder.

        Raises
        ------
        TypeError, ValueError
            Naming the argument, what came and what is allowed.

        Warns
        -----
        UserWarning
            When tokens were cut; the trace's `truncated` counts them.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> trace = bp.load().trace("The cat sat.", keep=("attention", "queries"))
        >>> trace.tokens
        ('[CLS]', 'The', 'cat', 'sat', '.', '[SEP]')
        >>> trace.attention.shape, trace.queries.shape
        ((6, 12, 6, 6), (6, 12, 6, 32))
        """
        what = given(text, pair, words, pair_words, pair_is_target=self.is_encoder_decoder)
        request = self._request(keep, layers, dtype)
        if self.is_encoder_decoder:
            return self._trace_seq2seq(what, request, truncation=truncation)
        encoded = self._encode(what, truncation=truncation)
        return self._traces(request, [encoded])[0]

    def traces(
        self,
        texts: Iterable[Any],
        *,
        words: bool = False,
        keep: Sequence[str] = ("attention", "hidden_states"),
        layers: Sequence[int] | None = None,
        dtype: Literal["float32", "float16"] = "float32",
        batch_size: int | None = None,
        progress: bool = True,
    ) -> "Iterator[Trace | Seq2SeqTrace]":
        """Trace many texts, one after the other out, several at a time in.

        Texts of about the same length run together, within a bounded stretch of the stream, so memory does
        not grow with the number of texts. Traces come in the order of the texts, without padding, and are
        those that `trace` gives to within 1e-5 (batched arithmetic rounds differently).

        Parameters
        ----------
        texts : iterable
            Strings, or pairs of strings as tuples. With `words`, lists of words, or tuples of two such lists.
            May be a generator, also one that never ends.
        words : bool, default False
            Whether the texts are already cut into words.
        keep, layers, dtype
            As in `trace`.
        batch_size : int, optional
            The most texts in one pass; by default as many as fit a moderate amount of memory.
        progress : bool, default True
            Show a progress bar.

        Yields
        ------
        Trace or Seq2SeqTrace

        Raises
        ------
        TypeError, ValueError
            When a bad text is reached, with its place, after the traces of all texts before it.

        Warns
        -----
        UserWarning
            At the first text that is cut; each trace's `truncated` counts.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> model = bp.load()
        >>> [trace.n_tokens for trace in model.traces(["A cat.", "It sat down."], progress=False)]
        [5, 6]
        """
        request = self._request(keep, layers, dtype)
        batch_size = count_or_none(batch_size, "batch_size")
        if isinstance(texts, str):
            raise TypeError("texts must be an iterable of strings, got one string; call model.trace(text)")
        if not isinstance(texts, Iterable):
            raise TypeError(f"texts must be an iterable, got {type(texts).__name__}")
        if self.is_encoder_decoder:
            made: Iterator[Trace | Seq2SeqTrace] = (
                self._trace_seq2seq(what, request, truncation=True, name=name)
                for what, name in self._checked(texts, words=words)
            )
        else:
            run: Callable[[Sequence[Encoded]], list[Trace | Seq2SeqTrace]] = partial(self._traces, request)
            made = in_stretches(
                self._encoded(texts, words=words),
                run,
                partial(self._numbers, request),
                batch_size=batch_size,
            )
        return with_progress(made, texts, progress=progress)

    @contextmanager
    def intervene(self, *interventions: Intervention) -> Iterator[None]:
        """Change every pass inside a ``with``: of `trace`, `traces`, predictions and gradients.

        Interventions apply in their order, those of an outer ``with`` before those of an inner one; heads are
        ablated last. They hold in this thread and context only, and for each pass that runs inside, also of a
        stream that `traces` began outside. What was read says so: its `model.changed` names them.

        Parameters
        ----------
        *interventions : Ablate, ScaleAttention, EditWeight, Patch, SkipLayers
            Or any object with a method `prepared`.

        Raises
        ------
        TypeError, ValueError
            For what is no intervention, a layer or head that the model does not have, and an architecture
            whose attention cannot be changed.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> model = bp.load("bert-tiny")
        >>> with model.intervene(bp.Ablate([(0, 0), (1, 1)]), bp.ScaleAttention(to="[SEP]", by=0.5)):
        ...     trace = model.trace("The cat sat.")
        >>> trace
        Trace of 6 tokens, 2 layers × 2 heads, ...
          changed: Ablate([(0, 0), (1, 1)], by='zero'), ScaleAttention(to='[SEP]', by=0.5)...
        """
        with intervening(self, interventions):
            yield

    def view(self, text: str, pair: str | None = None) -> "AttentionView":
        """Trace a text and look at its attention.

        Parameters
        ----------
        text, pair : str
            As in `trace`.

        Returns
        -------
        AttentionView
            With queries and keys, where the model gives them.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> bp.load().view("The cat sat.").layer
        0
        """
        from bertviz_plus.views.attention import AttentionView

        return AttentionView.of(self, text, pair)

    def _trace_to_view(self, text: str, pair: str | None = None) -> "Trace | Seq2SeqTrace":
        """Trace all that an attention view draws."""
        # Queries of layers with heads of another width do not fit into one array.
        neuron = ("queries", "keys") if self.records_attention and self._trial.alike else ()
        return self.trace(text, pair, keep=("attention", "hidden_states", *neuron))

    def __repr__(self) -> str:
        dtype = str(self.hf.dtype).removeprefix("torch.")
        quantised = any(".quantized." in type(part).__module__ for part in self.hf.modules())
        return (
            f"Model {self.info.id or ''}".rstrip() + f": {self.info.architecture}, "
            f"{' + '.join(str(stack.n_layers) for stack in self._stacks)} layers × {self.n_heads} heads, "
            f"hidden {self.hidden_size}, {dtype}{' with int8 layers' if quantised else ''} "
            f"on {self.hf.device}\n"
            f"  weights: {self.info.source}"
        )

    def _request(self, keep: Any, layers: Any, dtype: Any) -> Request:
        n_layers = max(stack.n_layers for stack in self._stacks)
        request = checked_request(keep, layers, dtype, n_layers=n_layers)
        check_given(self.hf, self._trial, request, layers_named=layers is not None)
        return request

    def _encode(
        self, what: Given, *, truncation: bool, target: bool = False, name: str = "text", warn: bool = True
    ) -> Encoded:
        encoded = encode(
            self.tokenizer,
            what,
            limit=self.max_tokens,
            truncation=truncation,
            target=target,
            name=name,
            warn=warn,
        )
        highest = max(encoded.input_ids)
        if self._vocabulary is not None and highest >= self._vocabulary:
            piece = self.tokenizer.convert_ids_to_tokens([highest])[0]
            raise ValueError(
                f"tokenizer does not belong to the model: it gives {name} the token {piece!r} with id "
                f"{highest}, and {type(self.hf).__name__} embeds the ids 0..{self._vocabulary - 1}"
            )
        return encoded

    def _checked(self, texts: Iterable[Any], *, words: bool) -> Iterator[tuple[Given, str]]:
        for place, item in enumerate(texts):
            yield (
                checked_item(item, place, words=words, pair_is_target=self.is_encoder_decoder),
                f"texts[{place}]",
            )

    def _encoded(self, texts: Iterable[Any], *, words: bool) -> Iterator[Encoded]:
        warn = True
        for what, name in self._checked(texts, words=words):
            encoded = self._encode(what, truncation=True, name=name, warn=warn)
            warn = warn and not encoded.truncated
            yield encoded

    def _numbers(self, request: Request, n: int) -> int:
        """How many numbers the trace of a text of n tokens holds."""
        by_pair = self.n_heads * n * n * sum(name in PER_PAIR for name in request.keep)
        by_token = self.hidden_size * n * sum(name not in PER_PAIR for name in request.keep)
        return len(request.layers) * (by_pair + by_token) + self.hidden_size * n

    def _traces(self, request: Request, encoded: Sequence[Encoded]) -> "list[Trace | Seq2SeqTrace]":
        if len(encoded) > 1 and not self._reads_batches:
            return [trace for one in encoded for trace in self._traces(request, [one])]
        shown = self._run(request, encoded)
        return [self._as_trace(one, shown, "encoder", row) for row, one in enumerate(encoded)]

    def _run(self, request: Request, encoded: Sequence[Encoded], target: Sequence[int] | None = None) -> Pass:
        try:
            return run_pass(self.hf, self._stacks, request, encoded, self._trial.manner, target)
        except MisplacedError as error:
            # Some take another way with a long text than with the few tokens of the trial (BigBird).
            said = str(error)
        manner = self._manner_of(encoded[0], said, target)
        try:
            return run_pass(self.hf, self._stacks, request, encoded, manner, target)
        except MisplacedError as error:
            raise self._unlike(str(error)) from error

    def _manner_of(self, text: Readable, said: str, target: Sequence[int] | None = None) -> Manner:
        """Find where blocks keep the hidden states of one text.

        Raises
        ------
        ValueError
            With what was said, where they keep none.
        """
        if len(self._stacks) == 1 or target is not None:
            places, _, refused = find_places(self.hf, self._stacks, text, target)
            if not refused:
                return replace(self._trial.manner, places=places)
        raise self._unlike(said)

    def _unlike(self, said: str) -> ValueError:
        return ValueError(
            f"text cannot be traced by {type(self.hf).__name__}: of a text as long as this it shows other "
            f"than one vector for each token and one weight for each pair, {said}. Shorten it, or show "
            f"{instead_of_a_trace(self.is_encoder_decoder)}"
        )

    def _trace_seq2seq(
        self, what: Given, request: Request, *, truncation: bool, name: str = "text"
    ) -> "Seq2SeqTrace":
        from bertviz_plus.traces.seq2seq import Seq2SeqTrace

        source = self._encode(Given(what.text, None, what.words, None), truncation=truncation, name=name)
        if what.pair is None and what.pair_words is None:
            read = written_by(self.hf, self._stacks, source, self.tokenizer, limit=self.max_tokens)
        else:
            target = Given(what.pair, None, what.pair_words, None)
            read = shifted_right(
                self.hf,
                self._encode(target, truncation=truncation, target=True, name=f"target of {name}"),
                self.tokenizer,
            )
        shown = self._run(request, [source], read.input_ids)
        cross = shown.of_text("cross", 0, None)
        return Seq2SeqTrace(
            encoder=self._as_trace(source, shown, "encoder", 0),
            decoder=self._as_trace(read, shown, "decoder", 0),
            cross=cross.pop("attention", None),
            cross_layers=shown.layers["cross"],
            cross_scaling=shown.scaling["cross"] or None,
            **{f"cross_{name}": array for name, array in cross.items() if name not in PER_QUERY},
        )

    def _as_trace(self, encoded: Encoded, shown: Pass, kind: StackName, row: int) -> Trace:
        told = encoded.described
        arrays: dict[str, Any] = dict(shown.of_text(kind, row, len(encoded)))
        if self._trial.sums == "other" and "attention" in arrays:
            warn_of_sums(arrays["attention"], self.info.architecture or "the model")
        return Trace(
            tokens=told.tokens,
            text=told.text,
            pair=told.pair,
            token_ids=tuple(encoded.input_ids),
            words=told.words,
            word_ids=told.word_ids,
            offsets=told.offsets,
            segment_ids=told.segment_ids,
            is_special=told.is_special,
            layers=shown.layers[kind],
            causal=self._trial.causal[kind],
            model=self.info,
            truncated=encoded.truncated,
            scaling=shown.scaling[kind] or None,
            **arrays,
        )


def wrap(model: PreTrainedModel, tokenizer: Any, *, info: ModelInfo | None = None) -> Model:
    """Make a transformers model and its tokenizer ready to be traced.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        Any encoder, decoder or encoder-decoder for text, with or without a head, on any device, in any
        precision, in training mode or not. Nothing about it changes. With adapters, also a `peft.PeftModel`.
    tokenizer : transformers tokenizer
        The one it was trained with, fast or slow.
    info : ModelInfo, optional
        Which model it is; what is left out is filled in from the model.

    Returns
    -------
    Model

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load()
    >>> bp.wrap(model.hf, model.tokenizer).n_layers
    6
    """
    return Model(model, tokenizer, info)
