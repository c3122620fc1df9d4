"""Sentences with their gold trees, and the trees that a model's heads make of them."""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.parse import LEFT_OUT, ROOT
from bertviz_plus.traces.parses import Parses, packed, unpacked

Heads = NDArray[np.int16]
Trees = Literal["trees", "layer_trees", "probe_trees", "chain"]
_PER_HEAD = ("trees", "attended", "attended_by")


@dataclass(frozen=True, eq=False, repr=False)
class ParsesRead:
    """Sentences with their gold trees as the heads of a model read them: what a `SyntaxView` shows.

    Made by `bertviz_plus.syntax`. Frozen, compared by identity, its arrays read-only. The words of all
    sentences stand in one row, and `places` says which are a sentence's. A word is named by its place in its
    own sentence, -1 stands for none (a root has no head), and -2 for the head of a word that is left out:
    the tokenizer makes nothing of it, or cut it off; trees leave out punctuation as well.

    Attributes
    ----------
    parses : Parses
    trees : ndarray [layers, heads, words] of int16
        The head of each word in the maximum spanning tree of a head's attention, with the gold root as root.
    layer_trees : ndarray [layers, words] of int16
        The same of the mean over a layer's heads.
    attended : ndarray [layers, heads, words] of int16
        The word to which each word attends most, itself left out.
    attended_by : ndarray [layers, heads, words] of int16
        The word that attends to each word most, itself left out.
    layers : tuple of int
        Numbers of the attention layers; 0, 1, … unless given.
    probe_trees : ndarray [hidden layers, words] of int16, or None
        The head of each word in the tree that a structural probe reads from a hidden layer.
    probed_layers : tuple of int
        Numbers of these hidden layers; 0 is the embeddings.
    model : ModelInfo

    Raises
    ------
    ValueError
        For arrays of another shape.

    Examples
    --------
    >>> from bertviz_plus.traces.parse import Parse
    >>> parses = Parses((Parse(("dogs", "bark", "loudly"), (1, -1, 1)),))
    >>> each = np.array([[[1, -1, 1], [1, -1, 0]]])
    >>> read = ParsesRead(parses, each, each[0, :1], each, each)
    >>> read.uuas().tolist(), read.uuas("chain").tolist()
    ([[1.0, 0.5]], 1.0)
    """

    parses: Parses
    trees: Heads
    layer_trees: Heads
    attended: Heads
    attended_by: Heads
    layers: tuple[int, ...] = ()
    probe_trees: Heads | None = None
    probed_layers: tuple[int, ...] = ()
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        shape = (*np.shape(self.trees)[:2], self.parses.n_words)
        for name in _PER_HEAD:
            self._set_places(name, shape)
        self._set_places("layer_trees", (shape[0], shape[-1]))
        self._set("layers", tuple(map(int, self.layers)) or tuple(range(shape[0])))
        self._set("probed_layers", tuple(map(int, self.probed_layers)))
        if len(self.layers) != shape[0]:
            raise ValueError(f"layers must name each of the {shape[0]} layers, got {self.layers}")
        if self.probe_trees is not None:
            self._set_places("probe_trees", (len(self.probed_layers), shape[-1]))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _set_places(self, name: str, shape: tuple[int, ...]) -> None:
        array = np.asarray(getattr(self, name))
        if array.shape != shape:
            raise ValueError(f"{name} must have the shape {list(shape)}, got {list(array.shape)}")
        if not np.issubdtype(array.dtype, np.integer):
            raise ValueError(f"{name} must be places of words, whole numbers, got {array.dtype}")
        own = array.astype(np.int16)
        own.flags.writeable = False
        self._set(name, own)

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """Where the words of each sentence end, ``[sentences + 1]``, with a 0 before the first."""
        return np.concatenate([[0], np.cumsum([len(one) for one in self.parses])]).astype(np.intp)

    def places(self, sentence: int) -> slice:
        """Return where a sentence's words stand in the arrays' last axis.

        Raises
        ------
        IndexError
            Where there is no such sentence.
        """
        if not 0 <= sentence < len(self.parses):
            raise IndexError(f"sentence must be 0..{len(self.parses) - 1}, got {sentence!r}")
        return slice(int(self.ends[sentence]), int(self.ends[sentence + 1]))

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Which words trees link, ``[words]``: without punctuation and what the tokenizer dropped."""
        return np.asarray((self.trees != LEFT_OUT).all(axis=(0, 1)))

    @cached_property
    def gold(self) -> Heads:
        """The gold head of each word among those that are kept, ``[words]``."""
        kept = np.split(self.kept, self.ends[1:-1])
        gold = [one.heads_among(own) for one, own in zip(self.parses, kept, strict=True)]
        return np.concatenate([np.zeros(0, np.int16), *gold])

    @cached_property
    def chain(self) -> Heads:
        """The tree that word order alone gives, ``[words]``: each kept word is linked to the next one."""
        chain = np.full(len(self.gold), LEFT_OUT, np.int16)
        for sentence in range(len(self.parses)):
            own = self.places(sentence)
            words = np.flatnonzero(self.kept[own])
            if len(words):
                place = int(np.flatnonzero(self.gold[own][words] == ROOT)[0])
                towards = np.concatenate([words[1 : place + 1], [ROOT], words[place:-1]])
                chain[own][words] = towards
        return chain

    def right(self, which: Trees = "trees") -> NDArray[np.bool_]:
        """Say which words' links to their heads are links of the gold tree, in either direction.

        Returns
        -------
        ndarray [..., words] of bool
            Shaped as the trees; a root's is false: it has no link of its own.

        Raises
        ------
        ValueError
            For trees that are not here.
        """
        trees = self._trees(which)
        starts = np.repeat(self.ends[:-1], np.diff(self.ends))
        own = np.arange(len(starts)) - starts
        linked = trees >= 0
        turned = self.gold[np.where(linked, trees + starts, 0)] == own
        return np.asarray(linked & ((trees == self.gold) | turned))

    def counts(self, which: Trees = "trees") -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Count for each sentence the links that are right, and those of the gold tree.

        Returns
        -------
        right : ndarray [..., sentences]
        edges : ndarray [sentences]
        """
        right, edges = (
            np.concatenate([np.zeros((*one.shape[:-1], 1), np.intp), one.cumsum(axis=-1)], axis=-1)
            for one in (self.right(which), self.gold >= 0)
        )
        return np.diff(right[..., self.ends]), np.diff(edges[self.ends])

    def uuas(self, which: Trees = "trees", sentence: int | None = None) -> NDArray[np.float64]:
        """Return the share of the gold tree's links that trees have (UUAS).

        Parameters
        ----------
        which : {"trees", "layer_trees", "probe_trees", "chain"}
            The heads' trees, those of the mean over a layer's heads, a probe's, or the chain of neighbouring
            words, which is the baseline.
        sentence : int, optional
            Of one sentence; by default of all, over all links.

        Returns
        -------
        ndarray
            ``[layers, heads]``, ``[layers]``, ``[hidden layers]``, or a single number. NaN where there is no
            link.

        References
        ----------
        Hewitt & Manning 2019, "A Structural Probe for Finding Syntax in Word Representations", section 3.2.
        """
        right, edges = self.counts(which)
        own = slice(None) if sentence is None else [sentence]
        if sentence is not None:
            self.places(sentence)
        links = edges[own].sum()
        shares: NDArray[np.float64] = right[..., own].sum(axis=-1) / (links or np.nan)
        return shares

    def _trees(self, which: str) -> Heads:
        if which not in ("trees", "layer_trees", "probe_trees", "chain"):
            raise ValueError(f"which must be trees, layer_trees, probe_trees or chain, got {which!r}")
        trees: Heads | None = getattr(self, which)
        if trees is None:
            raise ValueError("probe_trees are not here; with_probe_trees adds them")
        return trees

    def with_probe_trees(self, trees: Heads, hidden_layers: Iterable[int]) -> "ParsesRead":
        """Return the same with a probe's trees, ``[hidden layers, words]``, at some hidden layers.

        Words that trees leave out are left out of these too; `StructuralProbe.trees` gives such trees.

        Raises
        ------
        ValueError
            Where a word hangs on one that is left out.
        """
        trees = np.where(self.kept, trees, LEFT_OUT)
        starts = np.repeat(self.ends[:-1], np.diff(self.ends))
        on = np.where(trees >= 0, trees + starts, 0)
        if lost := int(np.count_nonzero((trees >= 0) & ~self.kept[np.clip(on, 0, max(len(starts) - 1, 0))])):
            raise ValueError(
                f"trees must link the words that are kept, and {lost} hang on punctuation or words without "
                "a token; StructuralProbe.trees(read) gives such trees"
            )
        return replace(self, probe_trees=trees, probed_layers=tuple(hidden_layers))

    def take(self, sentences: Iterable[int]) -> "ParsesRead":
        """Return some of the sentences, by number.

        Raises
        ------
        IndexError
            For a number out of range.
        """
        chosen = list(sentences)
        words = np.concatenate(
            [np.zeros(0, np.intp), *(np.arange(self.ends[-1])[self.places(one)] for one in chosen)]
        )
        arrays = {name: array[..., words] for name, array in self._arrays().items()}
        return replace(self, parses=self.parses.take(chosen), **arrays)

    def _arrays(self) -> dict[str, Any]:
        names = (*_PER_HEAD, "layer_trees", "probe_trees")
        return {name: array for name in names if (array := getattr(self, name)) is not None}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one file: safetensors, with JSON for what is not an array."""
        heads, sentences = packed(self.parses)
        about = {name: getattr(self, name) for name in ("layers", "probed_layers")}
        content = {"parses": sentences, "model": asdict(self.model), **about}
        write_arrays(path, "ParsesRead", {**heads, **self._arrays()}, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ParsesRead":
        """Read a file that `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, written by a later version, or holds something else.
        """
        _, content, arrays = read_arrays(path, ("ParsesRead",), "parses")
        with building(path):
            parses = unpacked({"heads": arrays.pop("heads")}, content.pop("parses"))
            parts: dict[str, Any] = {**arrays, **content, "model": ModelInfo(**content["model"])}
            return cls(parses, **parts)

    def __len__(self) -> int:
        return len(self.parses)

    def __repr__(self) -> str:
        layers, heads, _ = self.trees.shape
        n, left = len(self), int((~self.kept).sum())
        probed = f", probed at {len(self.probed_layers)} hidden layers" if self.probed_layers else ""
        return (
            f"ParsesRead of {n:,} sentence{'s' * (n != 1)} by {layers} layers × {heads} heads"
            f"{f' of {self.model.id}' if self.model.id else ''}{probed}\n"
            f"  trees link {int(self.kept.sum()):,} words, {left:,} are left out (punctuation, no token)"
        )
