"""The structural probe: a linear map under which distances between words are those in the syntax tree."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.syntax.probed_trees import (
    LAYER_0,
    OWN,
    UNTRAINED,
    Pair,
    checked_rank,
    in_a_chain,
    probe_table,
    read_parses,
)
from bertviz_plus.measures.syntax.projections import Projection
from bertviz_plus.measures.syntax.tree_scores import likely_root
from bertviz_plus.measures.syntax.trees import maximum_spanning_trees
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.parse import LEFT_OUT, ROOT
from bertviz_plus.traces.parses import Parses, check_parses
from bertviz_plus.traces.parses_read import ParsesRead
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_vectors import WordVectors

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_WORKS = "StructuralProbe(rank=64).fit(model, read_conllu('train.conllu'), hidden_layer=4)"
_KINDS = ("distance", "depth")


class ProbedTree(NamedTuple):
    """What a probe says of one sentence.

    Attributes
    ----------
    distances : ndarray [words, words]
        Squared, under the probe's map.
    depths : ndarray [words]
    heads : ndarray [words], int
        The spanning tree of the distances, hung from the word of the least depth, whose head is -1.
    """

    distances: NDArray[np.float32]
    depths: NDArray[np.float32]
    heads: NDArray[np.int16]


class StructuralProbe:
    """A structural probe of one hidden layer, with the probes that it must beat.

    Two linear maps are learnt: one under which the squared distance between two words is the number of edges
    between them in the syntax tree, and one under which a word's squared length is its depth. The same is
    learnt from layer 0 and from an untrained twin of the model, so that every score has its baselines.

    Parameters
    ----------
    rank : int, default 64
        Of the maps.
    seed : int, default 0
        Of the fit and of the twin's random weights.

    Attributes
    ----------
    hidden_layer : int
    maps : dict of str to Pair
        ``"own"``, ``"layer_0"``, ``"untrained"``.
    model_info : ModelInfo

    References
    ----------
    Hewitt & Manning 2019, "A Structural Probe for Finding Syntax in Word Representations".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> from bertviz_plus.traces.parse import Parse
    >>> from bertviz_plus.traces.parses import Parses
    >>> sentence = Parse(("the", "dog", "sees", "a", "cat"), (1, 2, -1, 4, 2))
    >>> trees = Parses((sentence,) * 4)
    >>> probe = StructuralProbe(rank=4).fit(bp.load("bert-tiny"), trees, hidden_layer=1, progress=False)
    >>> probe.score(trees, resamples=10, progress=False)["measure"].tolist()
    ['uuas', 'dspr', 'root', 'nspr']
    """

    def __init__(self, rank: int = 64, *, seed: int = 0) -> None:
        self.rank, self.seed = checked_rank(rank), seed
        self.hidden_layer = -1
        self.maps: dict[str, Pair] = {}
        self.model_info = ModelInfo()
        self._model: Model | None = None

    def fit(
        self,
        model: "Model | WordVectors",
        train: Parses,
        hidden_layer: int,
        *,
        untrained: "WordVectors | bool" = True,
        progress: bool = True,
    ) -> Self:
        """Learn from gold trees.

        Parameters
        ----------
        model : Model or WordVectors
            Vectors of the same sentences that were read before, in the place of the model.
        train : Parses
            Sentences with words that the tokenizer drops are left out.
        hidden_layer : int
            0 for the embeddings.
        untrained : bool or WordVectors, default True
            Whether an untrained twin is probed too; or its vectors.
        progress : bool, default True

        Returns
        -------
        StructuralProbe
            Itself.

        Raises
        ------
        TypeError, ValueError
            For a layer that the model does not have, and for fewer than two sentences.
        """
        check_parses(train, "train", _WORKS)
        if not isinstance(model, WordVectors):
            check_model(model, _WORKS)
            if whole_number(hidden_layer) not in range(model.n_layers + 1):
                raise ValueError(
                    f"hidden_layer must be 0..{model.n_layers}, 0 being the embeddings, got {hidden_layer!r}"
                )
        readings = self._read(model, train, (hidden_layer,), untrained, progress=progress)
        self.hidden_layer = hidden_layer
        self.model_info = readings[OWN].model
        self._model = None if isinstance(model, WordVectors) else model
        places = {name: (reading, hidden_layer) for name, reading in readings.items()}
        if 0 in readings[OWN].hidden_layers:
            places[LAYER_0] = (readings[OWN], 0)
        self.maps = {
            name: Pair.fit(reading, train, layer, rank=self.rank, seed=self.seed)
            for name, (reading, layer) in tqdm(
                places.items(), desc="fitting", unit=" probes", delay=1, disable=not progress
            )
        }
        return self

    def score(
        self,
        test: Parses,
        model: "Model | WordVectors | None" = None,
        *,
        untrained: WordVectors | None = None,
        punctuation: bool = False,
        resamples: int = 1000,
        progress: bool = True,
    ) -> pd.DataFrame:
        """Score the probe and its baselines on sentences that it was not fitted on.

        Parameters
        ----------
        test : Parses
        model : Model or WordVectors, optional
            By default the model that it was fitted on; a probe that was loaded needs it.
        untrained : WordVectors, optional
            The twin's, where vectors are given in the place of the model.
        punctuation : bool, default False
            Whether punctuation is linked and may be the root.
        resamples : int, default 1000
            Of the bootstrap over sentences.
        progress : bool, default True

        Returns
        -------
        DataFrame
            A row for each measure (``uuas``, ``dspr``, ``root``, ``nspr``): ``hidden_layer``, ``measure``,
            ``value``, its 95% interval ``low`` and ``high``, and what ``chain`` (each word hangs on the one
            before it), ``layer_0`` and ``untrained`` reach; ``sentences`` that were scored. NaN where nothing
            is: DSpr and NSpr count sentences of 5 to 50 words.

        Raises
        ------
        TypeError, ValueError
            Where no model is known; for vectors of another size than those of the fit, and where the
            tokenizer keeps all words of no sentence.
        """
        self._check_fitted()
        check_parses(test, "test", "probe.score(read_conllu('test.conllu'))")
        using = model if model is not None else self._model
        if using is None:
            raise TypeError("model must be given to a probe that was loaded, or fitted on vectors")
        readings = self._read(
            using,
            test,
            (self.hidden_layer,),
            UNTRAINED in self.maps if untrained is None else untrained,
            progress=progress,
        )
        scored = {}
        for name, pair in self.maps.items():
            reading = readings.get(OWN if name == LAYER_0 else name)
            layer = 0 if name == LAYER_0 else self.hidden_layer
            if reading is not None and layer in reading.hidden_layers:
                scored[name] = pair.scored(reading, test, layer, punctuation=punctuation)
        own = scored.pop(OWN)
        scored["chain"] = in_a_chain(readings[OWN], test, punctuation=punctuation)
        return probe_table(self.hidden_layer, own, scored, resamples=resamples, seed=self.seed)

    def predict(
        self,
        sentences: "Parses | Sequence[Sequence[str]]",
        model: "Model | WordVectors | None" = None,
        *,
        progress: bool = True,
    ) -> list[ProbedTree]:
        """Return distances, depths and the tree of each sentence.

        Parameters
        ----------
        sentences : Parses or sequence of sequence of str
        model : Model or WordVectors, optional
            As in `score`.
        progress : bool, default True

        Returns
        -------
        list of ProbedTree
        """
        self._check_fitted()
        using = model if model is not None else self._model
        if using is None:
            raise TypeError("model must be given to a probe that was loaded, or fitted on vectors")
        read = using
        if not isinstance(read, WordVectors):
            from bertviz_plus.models.vectors.span_vectors import word_vectors

            listed: list[Any] = list(sentences)
            read = word_vectors(read, listed, hidden_layers=[self.hidden_layer], progress=progress)
        maps, trees = self.maps[OWN], []
        for place in range(len(read.sentences)):
            own = read.of(place, self.hidden_layer)
            distances, depths = maps.distance.distances(own), maps.depth.depths(own)
            root = likely_root(depths, np.ones(len(depths), bool))
            trees.append(ProbedTree(distances, depths, maximum_spanning_trees(-distances, root)))
        return trees

    def trees(
        self, read: ParsesRead, model: "Model | WordVectors | None" = None, *, progress: bool = True
    ) -> NDArray[np.int16]:
        """Return the probe's trees of parsed sentences among the words that a model's own trees link.

        Parameters
        ----------
        read : ParsesRead
            As `bertviz_plus.syntax` returns it.
        model : Model or WordVectors, optional
            As in `score`.
        progress : bool, default True

        Returns
        -------
        ndarray [words] of int16
            The head of each word in its sentence, -1 for the root, -2 for what is left out: what
            ``read.with_probe_trees`` takes, a row for each hidden layer.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> model, parses = bp.load("bert-tiny"), bp.treebank()[:8]
        >>> read = bp.syntax(model, parses, progress=False)
        >>> probe = StructuralProbe(rank=4).fit(model, parses, hidden_layer=1, progress=False)
        >>> trees = probe.trees(read, progress=False)
        >>> read.with_probe_trees(trees[np.newaxis], [1]).uuas("probe_trees").shape
        (1,)
        """
        heads = np.full(read.kept.shape, LEFT_OUT, np.int16)
        for place, one in enumerate(self.predict(read.parses, model, progress=progress)):
            own = read.places(place)
            words = np.flatnonzero(read.kept[own])
            if not words.size:
                continue
            root = likely_root(one.depths[words], np.ones(len(words), bool))
            found = maximum_spanning_trees(-one.distances[np.ix_(words, words)], root)
            heads[own][words] = np.where(found < 0, ROOT, words[found])
        return heads

    @property
    def report(self) -> pd.DataFrame:
        """How each map was learnt, a row for each: epochs, losses, sentences."""
        rows = [
            {"probe": name, "map": kind, **_learnt(getattr(pair, kind))}
            for name, pair in self.maps.items()
            for kind in _KINDS
        ]
        return pd.DataFrame(rows)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the probe to one file: safetensors, with JSON for what is not an array."""
        self._check_fitted()
        every = {f"{name}.{kind}": getattr(pair, kind) for name, pair in self.maps.items() for kind in _KINDS}
        content = {
            "rank": self.rank,
            "seed": self.seed,
            "hidden_layer": self.hidden_layer,
            "model": asdict(self.model_info),
            "maps": {name: _learnt(one) for name, one in every.items()},
        }
        arrays = {name: np.ascontiguousarray(one.matrix) for name, one in every.items()}
        write_arrays(path, "StructuralProbe", arrays, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "StructuralProbe":
        """Read a probe that `save` wrote; `score` and `predict` then need a model.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, written by a later version, or holds something else.
        """
        _, content, arrays = read_arrays(path, ("StructuralProbe",), "structural probe")
        with building(path):
            probe = cls(content["rank"], seed=content["seed"])
            probe.hidden_layer = content["hidden_layer"]
            probe.model_info = ModelInfo(**content["model"])
            every = {name: Projection(arrays[name], **own) for name, own in content["maps"].items()}
            names = dict.fromkeys(name.split(".")[0] for name in every)
            probe.maps = {name: Pair(*(every[f"{name}.{kind}"] for kind in _KINDS)) for name in names}
            if OWN not in probe.maps:
                raise ValueError("the probe's own map is not there")
        return probe

    def __repr__(self) -> str:
        if not self.maps:
            return f"StructuralProbe of rank {self.rank}, not fitted"
        learnt = self.maps[OWN].distance
        rivals = [name.replace("_", " ") for name in self.maps if name != OWN]
        beside = f", beside {' and '.join(rivals)}" if rivals else ""
        return (
            f"StructuralProbe of rank {self.rank} at hidden layer {self.hidden_layer} of "
            f"{self.model_info.id or 'a model'}: {learnt.train_sentences} sentences, and "
            f"{learnt.dev_sentences} to stop by{beside}"
        )

    def _check_fitted(self) -> None:
        if not self.maps:
            raise ValueError(f"the probe must be fitted first. This works: {_WORKS}")

    def _read(
        self,
        model: "Model | WordVectors",
        parses: Parses,
        hidden_layers: Sequence[int],
        untrained: "WordVectors | bool",
        *,
        progress: bool,
    ) -> dict[str, WordVectors]:
        if isinstance(model, WordVectors):
            readings = {OWN: model}
        else:
            readings = {OWN: read_parses(model, parses, {0, *hidden_layers}, progress=progress)}
            if untrained is True:
                from bertviz_plus.models.untrained import untrained_twin

                twin = untrained_twin(model, seed=self.seed)
                readings[UNTRAINED] = read_parses(twin, parses, hidden_layers, progress=progress)
        if isinstance(untrained, WordVectors):
            readings[UNTRAINED] = untrained
        for reading in readings.values():
            if [len(one) for one in reading.sentences] != [len(one) for one in parses]:
                raise ValueError("vectors must be those of the same sentences as the parses")
        return readings


def _learnt(projection: Projection) -> dict[str, Any]:
    return {name: value for name, value in vars(projection).items() if name != "matrix"}
