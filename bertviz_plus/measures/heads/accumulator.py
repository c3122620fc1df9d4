"""What every head does over a corpus, accumulated text by text: nothing is kept of a token."""

from copy import deepcopy
from dataclasses import asdict
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.heads.classes import head_classes
from bertviz_plus.measures.heads.columns import HeadColumn, head_columns
from bertviz_plus.measures.heads.contexts import StrongestContexts
from bertviz_plus.measures.heads.divergence import head_divergence
from bertviz_plus.measures.heads.numbers import NUMBERS, even_attention, head_numbers
from bertviz_plus.measures.heads.places import find_places
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.trace import Trace

# Half the width of a 95% interval of a mean, in standard errors.
_WIDE = 1.96


class HeadStatistics:
    """What every head does, accumulated over texts.

    Several accumulators over parts of a corpus merge into the accumulator over the whole.

    Parameters
    ----------
    similarity : bool, default False
        Whether heads are compared with each other.
    contexts : int, default 5
        How many of the strongest links are kept for each head.

    Attributes
    ----------
    n_texts, n_tokens : int
        Seen so far, special tokens counted.
    layers : tuple of int
        The model's numbers of the layers.
    n_heads : int
        In each layer.
    model : ModelInfo
    added : dict of str to HeadColumn
        What `with_columns` has added.

    References
    ----------
    Clark et al. 2019, "What Does BERT Look At?", sections 3 and 6. Kovaleva et al. 2019, "Revealing the Dark
    Secrets of BERT", section 4.1.

    Examples
    --------
    >>> first, second = HeadStatistics(), HeadStatistics()
    >>> first.update(Trace(("a", "b", "c"), attention=np.eye(3, k=1)[None, None]))
    >>> second.update(Trace(("d", "e"), attention=np.full((1, 1, 2, 2), 0.5)))
    >>> merged = first.merge(second)
    >>> merged.n_texts, merged.table["to_next"].round(3).tolist()
    (2, [0.458])
    """

    def __init__(self, *, similarity: bool = False, contexts: int = 5) -> None:
        most = whole_number(contexts)
        if most is None or most < 0:
            raise ValueError(f"contexts must be a whole number from 0 on, got {contexts!r}")
        self.n_texts = 0
        self.n_tokens = 0
        self.layers: tuple[int, ...] = ()
        self.n_heads = 0
        self.model = ModelInfo()
        self.added: dict[str, HeadColumn] = {}
        self._compares = bool(similarity)
        self._contexts = StrongestContexts(0, most)
        self._sums = {name: np.zeros((3, len(NUMBERS), 0)) for name in ("heads", "even")}
        self._divergence = np.zeros((0, 0))

    def update(self, trace: Trace) -> None:
        """Take one text into account.

        Parameters
        ----------
        trace : Trace
            With attention, of the same layers and heads as those before; with output norms too for
            ``norm_to_sep``.

        Raises
        ------
        TypeError, ValueError
            For no trace, one without attention, without tokens, or of another shape.
        """
        if not isinstance(trace, Trace):
            raise wrong_kind("trace", "a Trace", trace, "statistics.update(model.trace(text))")
        if trace.attention is None:
            raise ValueError('trace must hold attention; trace with keep=("attention",)')
        if not trace.n_tokens:
            raise ValueError("trace must hold at least one token, got none")
        self._take_shape(trace.layers, trace.n_heads, trace.model)
        places = find_places(trace.tokens, trace.is_special, trace.segment_ids)
        attention = trace.attention
        if attention.dtype == np.float16:
            attention = attention.astype(np.float32)
        segments = np.array(trace.segment_ids)
        even = even_attention(trace.n_tokens, causal=trace.causal)
        flat_even = even[np.newaxis, np.newaxis]
        norms = trace.output_norms
        # Where every token adds as much as any other, norms are as even as weights.
        even_norms = None if norms is None else flat_even
        for name, maps, sizes in (("heads", attention, norms), ("even", flat_even, even_norms)):
            numbers = head_numbers(maps, places, segment_ids=segments, causal=trace.causal, norms=sizes)
            self._sums[name] += _moments(np.stack([numbers[one].ravel() for one in NUMBERS]))
        flat = attention.reshape(-1, *attention.shape[-2:])
        ordinary = ~(np.array(trace.is_special, bool) | places.punctuation)
        self._contexts.update(flat, trace.tokens, ordinary, self.n_texts)
        if self._compares:
            self._divergence += head_divergence(flat)
        self.n_texts += 1
        self.n_tokens += trace.n_tokens

    def merge(self, other: "HeadStatistics") -> "HeadStatistics":
        """Take in the texts of another accumulator, as if they had followed one's own.

        Parameters
        ----------
        other : HeadStatistics
            Stays as it is.

        Returns
        -------
        HeadStatistics
            This one.

        Raises
        ------
        TypeError, ValueError
            For statistics of another model or shape, or with other options.
        """
        if not isinstance(other, HeadStatistics):
            raise wrong_kind("other", "HeadStatistics", other, "first.merge(second)")
        for name, own, theirs in (
            ("similarity", self._compares, other._compares),
            ("contexts", self._contexts.most, other._contexts.most),
        ):
            if own != theirs:
                raise ValueError(f"other must have {name}={own}, as these statistics have, got {theirs}")
        if other.n_texts:
            self._take_shape(other.layers, other.n_heads, other.model)
            for name, sums in other._sums.items():
                self._sums[name] += sums
            self._contexts.merge(other._contexts, self.n_texts)
            self._divergence += other._divergence
            self.added = other.added | self.added
            self.n_texts += other.n_texts
            self.n_tokens += other.n_tokens
        return self

    def with_columns(self, table: Any, *, unit: str = "nats", signed: bool = False) -> "HeadStatistics":
        """Return the same statistics with numbers of every head that were measured elsewhere.

        They stand in `table`, and the attention view colours its overview by them.

        Parameters
        ----------
        table : DataFrame
            With ``layer`` and ``head``, a row for each head, such as `head_importance` gives; its other
            columns of numbers are added.
        unit : str, default "nats"
            Of these numbers; ``""`` for shares from 0 to 1.
        signed : bool, default False
            Draw them with their sign: blue below 0, orange above.

        Returns
        -------
        HeadStatistics
            A copy; these stay as they are.

        Raises
        ------
        TypeError, ValueError
            For no such table, other layers or heads, or a column that the statistics have.

        Examples
        --------
        >>> statistics = HeadStatistics()
        >>> statistics.update(Trace(("a", "b"), attention=np.full((1, 2, 2, 2), 0.5)))
        >>> importance = pd.DataFrame({"layer": [0, 0], "head": [0, 1], "importance": [0.3, 0.1]})
        >>> statistics.with_columns(importance).table["importance"].tolist()
        [0.3, 0.1]
        """
        taken = [str(name) for name in self.table]
        found = deepcopy(self)
        found.added |= head_columns(table, self.layers, self.n_heads, unit=unit, taken=taken, signed=signed)
        return found

    def result(self) -> pd.DataFrame:
        """Return `table`."""
        return self.table

    @property
    def table(self) -> pd.DataFrame:
        """A row for each head: ``layer``, ``head``, ``pattern``, and the mean over texts of each number.

        `pattern` is a class of `head_classes`; the numbers are those of `head_numbers`: shares from 0 to 1,
        entropies in nats, distances in tokens; NaN where no text defines one; `norm_to_sep` only
        with norms. What was `added` stands last.
        `attrs` has ``baseline``, the same numbers under even attention on the same texts, and ``n_texts``.
        """
        values = self._means("heads")
        heads = [(layer, head) for layer in self.layers for head in range(self.n_heads)]
        table = pd.DataFrame(heads, columns=["layer", "head"])
        table["pattern"] = head_classes(*(values[name] for name in ("vertical", "diagonal", "block")))
        for name, column in values.items():
            # Norms are there where they were asked for.
            if name != "norm_to_sep" or not np.isnan(column).all():
                table[name] = column
        for name, one in self.added.items():
            table[name] = one.values
        table.attrs = {
            "n_texts": self.n_texts,
            "baseline": {name: float(value[0]) for name, value in self._means("even").items() if value.size},
        }
        return table

    def intervals(self, name: str) -> pd.DataFrame:
        """Return a number of each head with its 95% interval over texts.

        The interval is normal: the mean, and 1.96 standard errors on both sides.

        Parameters
        ----------
        name : str
            A column of `table`, such as "to_sep".

        Returns
        -------
        DataFrame
            ``layer``, ``head``, ``value``, ``low``, ``high``, ``n_texts`` that define it; low and high are
            NaN for fewer than two.

        Examples
        --------
        >>> statistics = HeadStatistics()
        >>> for weight in (0.2, 0.4):
        ...     heads = np.array([[[[1 - weight, weight], [0, 1]]]])
        ...     statistics.update(Trace(("a", "b"), attention=heads))
        >>> statistics.intervals("to_next")[["value", "low", "high"]].round(3).values.tolist()
        [[0.15, 0.052, 0.248]]
        """
        if name not in NUMBERS:
            raise ValueError(f"name must be one of {', '.join(NUMBERS)}, got {name!r}")
        count, total, squares = self._sums["heads"][:, NUMBERS.index(name)]
        table = self.table[["layer", "head"]].assign(value=_mean(total, count))
        variance = np.maximum(squares - total * _mean(total, count), 0)
        freedom = np.where(count > 1, count - 1, np.nan)
        error = np.sqrt(variance / freedom / np.maximum(count, 1))
        return table.assign(
            low=table["value"] - _WIDE * error, high=table["value"] + _WIDE * error, n_texts=count.astype(int)
        )

    @property
    def similarity(self) -> NDArray[np.float64] | None:
        """Jensen–Shannon divergence between heads, ``[heads, heads]`` in the order of `table`.

        In nats, summed over positions and texts; 0 for heads that attend alike (`head_divergence`). None
        unless it was asked for.
        """
        return self._divergence.copy() if self._compares else None

    def nearest(self, layer: int, head: int, n: int = 5) -> pd.DataFrame:
        """Return the heads that attend most alike, the nearest first: ``layer``, ``head``, ``divergence``.

        The divergence is in nats a token, at most ln 2.

        Raises
        ------
        ValueError
            Where heads were not compared, or there is no such head.
        """
        at = self._position(layer, head)
        if not self._compares:
            raise ValueError("nearest needs the divergence of heads; make statistics with similarity=True")
        table = self.table[["layer", "head"]].assign(divergence=self._divergence[at] / max(self.n_tokens, 1))
        others = table.drop(index=at).sort_values("divergence", kind="stable")
        return others.head(n).reset_index(drop=True)

    def contexts(self, layer: int, head: int) -> pd.DataFrame:
        """Return where a head attends most strongly from one ordinary token to another, the strongest first.

        Returns
        -------
        DataFrame
            ``weight``, ``text`` (its number in the corpus), ``source`` and ``target`` (positions),
            ``source_token``, ``target_token``, ``tokens``.

        Raises
        ------
        ValueError
            Where there is no such head.
        """
        own = self._contexts.of[self._position(layer, head)]
        columns = ("weight", "text", "source", "target", "source_token", "target_token", "tokens")
        rows = [
            (*numbers, one.tokens[one.source], one.tokens[one.target], one.tokens)
            for one in own
            for numbers in [(one.weight, one.text, one.source, one.target)]
        ]
        return pd.DataFrame(rows, columns=list(columns))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the statistics to a file: safetensors with JSON beside it, no pickle.

        Examples
        --------
        >>> import tempfile
        >>> statistics = HeadStatistics()
        >>> statistics.update(Trace(("a", "b"), attention=np.full((1, 1, 2, 2), 0.5)))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     statistics.save(f"{folder}/heads")
        ...     HeadStatistics.load(f"{folder}/heads")
        HeadStatistics of 1 text, 1 layer × 1 head
        """
        contexts, texts = self._contexts.packed()
        sums = {f"sums.{name}": sums for name, sums in self._sums.items()}
        content = {name: getattr(self, name) for name in ("n_texts", "n_tokens", "layers", "n_heads")}
        content |= {"similarity": self._compares, "contexts": self._contexts.most}
        content |= {"model": asdict(self.model), "texts": texts}
        content["added"] = {name: one[1:] for name, one in self.added.items()}
        added = {f"added.{name}": one.values for name, one in self.added.items()}
        arrays = {**sums, **contexts, **added, "divergence": self._divergence}
        write_arrays(path, "HeadStatistics", arrays, content)

    @staticmethod
    def load(path: str | PathLike[str]) -> "HeadStatistics":
        """Read a file that `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged or holds something else; the message names the path.
        """
        _, content, arrays = read_arrays(path, ("HeadStatistics",), "head statistics")
        with building(path):
            found = HeadStatistics(similarity=content["similarity"], contexts=content["contexts"])
            if content["layers"]:
                model = ModelInfo(**content["model"])
                found._take_shape(tuple(content["layers"]), content["n_heads"], model)
            found.n_texts, found.n_tokens = content["n_texts"], content["n_tokens"]
            for name in found._sums:
                found._sums[name] += arrays[f"sums.{name}"]
            found._divergence += arrays["divergence"]
            found._contexts.unpack(arrays, content["texts"])
            # Files of before there was any have none.
            for name, about in content.get("added", {}).items():
                # Or the unit alone.
                found.added[name] = HeadColumn(
                    arrays[f"added.{name}"], *([about] if isinstance(about, str) else about)
                )
        return found

    def __repr__(self) -> str:
        def counted(number: int, name: str) -> str:
            return f"{number} {name}{'s' * (number != 1)}"

        named = f" ({self.model.id})" if self.model.id else ""
        shape = f"{counted(len(self.layers), 'layer')} × {counted(self.n_heads, 'head')}"
        return f"HeadStatistics of {counted(self.n_texts, 'text')}, {shape}{named}"

    def _take_shape(self, layers: tuple[int, ...], n_heads: int, model: ModelInfo) -> None:
        if not self.layers:
            self.layers, self.n_heads, self.model = layers, n_heads, model
            count = len(layers) * n_heads
            self._contexts = StrongestContexts(count, self._contexts.most)
            self._sums = {"heads": np.zeros((3, len(NUMBERS), count)), "even": np.zeros((3, len(NUMBERS), 1))}
            self._divergence = np.zeros((count, count) if self._compares else (0, 0))
        elif (layers, n_heads, model.id) != (self.layers, self.n_heads, self.model.id):
            raise ValueError(
                f"statistics are of layers {self.layers} × {self.n_heads} heads of "
                f"{self.model.id or 'an unnamed model'}, got layers {layers} × {n_heads} heads of "
                f"{model.id or 'an unnamed model'}"
            )

    def _position(self, layer: int, head: int) -> int:
        if layer not in self.layers or not 0 <= head < self.n_heads:
            raise ValueError(
                f"layer must be one of {', '.join(map(str, self.layers)) or 'none'} and head in "
                f"0..{self.n_heads - 1}, got layer {layer}, head {head}"
            )
        return self.layers.index(layer) * self.n_heads + head

    def _means(self, name: str) -> dict[str, NDArray[np.float64]]:
        count, total, _ = self._sums[name]
        return dict(zip(NUMBERS, _mean(total, count), strict=True))


def _moments(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how often each number is defined, the number, and its square: ``[3, numbers, heads]``."""
    present = np.nan_to_num(numbers, nan=0.0)
    return np.stack([np.isfinite(numbers).astype(float), present, present**2])


def _mean(total: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
