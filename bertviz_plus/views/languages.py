"""Sentences of several languages as points, hidden layer by hidden layer: clouds, and translations found."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import traitlets as t

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.languages_data import (
    CENTRED,
    centred,
    languages_of,
    packed_nearest,
    prepare_languages,
    retrieved,
    sentence_occurrences,
)
from bertviz_plus.views.senses import SenseView, _checked_embed
from bertviz_plus.views.senses_data import Embed, detail_of, sense_data
from bertviz_plus.views.senses_near import NEAREST, Nearest


class LanguageView(SenseView):
    """Parallel sentences, layer by layer, coloured by language, with each language's mean taken away or not.

    Parameters
    ----------
    sentences : Occurrences
        Whose words are the languages, and whose sources say which sentence each is: `LanguageView.of` reads
        them, `sentence_occurrences` makes them of vectors.
    scores : DataFrame or False, optional
        What `bertviz_plus.measures.language_scores` returned; computed without it. False for none.
    embed : {"auto", "all"} or list of int, default "auto"
        Which hidden layers travel with the view.
    progress : bool, default True
    **state
        Any of the attributes below.

    Attributes
    ----------
    hidden_layer : int
        0 is the embeddings. At first the one at which most translations are found.
    projection : {"pca", "centred PCA"}
        The vectors as they are, or each language's mean taken away first.
    pinned : int
        The sentence whose nearest sentence in each other language is linked and listed; -1 for none.
    selected : list of int
        Sentences, by number.
    muted : list of str
        Languages that are switched off.
    search : str
    theme : {"auto", "light", "dark"}
    height : int

    Raises
    ------
    ValueError, TypeError
        As `SenseView`.

    Notes
    -----
    The curves: how often the nearest sentence of another language is the translation, and how well a linear
    probe tells the language; both centred, with what they are not centred beside them.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> meaning = random.normal(size=(2, 12, 8))
    >>> vectors = {"en": meaning, "de": meaning + 3 + random.normal(scale=0.1, size=(2, 12, 8))}
    >>> view = LanguageView(sentence_occurrences(vectors), progress=False)
    >>> view.found_translation(0), view.found_translation(0, centred=True)
    ({'de': False}, {'de': True})
    >>> view
    LanguageView of en, de: 12 sentences, 2 hidden layers × 8 dimensions; layer 0, pca
    """

    def __init__(
        self,
        sentences: Occurrences,
        *,
        scores: pd.DataFrame | bool | None = None,
        embed: Embed = "auto",
        progress: bool = True,
        **state: Any,
    ) -> None:
        if not isinstance(sentences, Occurrences):
            raise TypeError(
                f"sentences must be Occurrences, got {type(sentences).__name__}; LanguageView.of(model, "
                "sentences) reads sentences, sentence_occurrences(vectors) takes vectors"
            )
        self.refuse_unknown(state, ("scores", "embed", "progress"))
        self._places = languages_of(sentences)
        self._spaces = {"pca": np.asarray(sentences.vectors, np.float32), CENTRED: centred(sentences)}
        self._prepared = prepare_languages(sentences, scores=scores, progress=progress)
        data = sense_data(
            self._prepared, embed=_checked_embed(embed, sentences), layer=state.get("hidden_layer")
        )
        if data["neighbours"] is not None:
            near = [self._nearest(layer, "pca") for layer in data["neighbours"]["layers"]]
            data["neighbours"] |= packed_nearest(near)
        self._starting = {
            "hidden_layer": self._prepared.best_layer,
            "colour": "language",
            "projection": "pca",
        }
        self._answered = None
        self._covered: set[int] = set()
        # SenseView's own beginning prepares words; everything after it is the same.
        super(SenseView, self).__init__(data=data, **state)
        self._answer()

    @classmethod
    def of(  # type: ignore[override]
        cls,
        model: Any,
        sentences: ParallelSentences | Mapping[str, Sequence[str]] | None = None,
        languages: Sequence[str] | None = None,
        **state: Any,
    ) -> "LanguageView":
        """Read parallel sentences and show them, in one step.

        Parameters
        ----------
        model : Model
        sentences : ParallelSentences, or dict of str to sequence of str, optional
            Of a dict, for each language its sentences, those at one place translating each other. By
            default the sentences that come with the package.
        languages : sequence of str, optional
            Which; all by default.
        **state
            Keywords of the view.

        Returns
        -------
        LanguageView

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> texts = {"en": ["A cat.", "Two dogs.", "Rain."], "de": ["Eine Katze.", "Zwei Hunde.", "Regen."]}
        >>> LanguageView.of(bp.load("bert-tiny"), texts, progress=False, scores=False)
        LanguageView of en, de: 3 sentences, 3 hidden layers × 128 dimensions; layer 2, pca
        """
        from bertviz_plus.measures.retrieval import language_vectors

        if sentences is None:
            sentences = parallel_sentences()
        if isinstance(sentences, ParallelSentences):
            texts: dict[str, tuple[str, ...]] = sentences.texts(languages)
        elif isinstance(sentences, Mapping):
            unknown = [one for one in languages or () if one not in sentences]
            if unknown:
                raise ValueError(f"languages must be among {', '.join(sentences)}, got {unknown[0]!r}")
            texts = {name: tuple(sentences[name]) for name in languages or sentences}
        else:
            raise TypeError(
                "sentences must be ParallelSentences or a dict of languages and their sentences, "
                f"got {type(sentences).__name__}"
            )
        progress = bool(state.get("progress", True))
        vectors = language_vectors(model, texts, pooling=["mean"], progress=progress)["mean"]
        return cls(sentence_occurrences(vectors, texts, model=model.info), **state)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the legend's order."""
        return tuple(self._places)

    def found_translation(
        self, sentence: int, *, hidden_layer: int | None = None, centred: bool | None = None
    ) -> dict[str, bool]:
        """Say for each other language whether a sentence's nearest one is its translation.

        Parameters
        ----------
        sentence : int
            By the number of its point.
        hidden_layer : int, optional
            The one in view, by default.
        centred : bool, optional
            As in view, by default.
        """
        layer = self.hidden_layer if hidden_layer is None else hidden_layer
        space = self.projection if centred is None else (CENTRED if centred else "pca")
        near = self._nearest(layer, space, [self.check("pinned", sentence)], most=len(self._places))
        sources = self.occurrences.sources
        found = [one for one in near.indices[sentence].tolist() if one < len(sources)]
        return {str(self.occurrences.words[one]): sources[one] == sources[sentence] for one in found}

    def selected_frame(self) -> pd.DataFrame:
        """Return the selected sentences as rows, under their numbers: language, sentence, text."""
        occurrences = self.occurrences
        frame = pd.DataFrame(
            {"language": occurrences.words, "sentence": occurrences.sources, "text": occurrences.texts}
        )
        return frame.iloc[self.selected]

    @t.observe("hidden_layer", "projection", "pinned")
    def _answer(self, change: Any = None) -> None:
        """Send the layer in view where it did not go along, and what is nearest after centring."""
        del change
        if not self._ready:
            return
        layer, space, near = self.hidden_layer, self.projection, self.data["neighbours"]
        has_points = layer in self.data["projections"][space]["layers"]
        # What is nearest before centring travels with the view, until an answer about that layer covers it.
        known = space == "pca" and near is not None and layer in near["layers"] and layer not in self._covered
        missing = self.pinned >= 0 and not known
        wanted = (layer, space, int(missing))
        if (has_points and not missing) or wanted == self._answered:
            return
        self._answered = wanted
        self._covered = self._covered | {layer} if space == CENTRED and missing else self._covered - {layer}
        self.detail = {
            "hidden_layer": layer,
            "projection": space,
            "points": None if has_points else detail_of(self._prepared, space, layer)["points"],
            "neighbours": None,
            "cosines": None,
            **(packed_nearest([self._nearest(layer, space)], alone=True) if missing else {}),
        }

    def _nearest(self, layer: int, space: str, rows: list[int] | None = None, most: int = NEAREST) -> Nearest:
        vectors = self._spaces[space][self.occurrences.hidden_layers.index(layer)]
        return retrieved(vectors, self._places, rows, most=most)

    def _neighbours(self) -> tuple[list[int], list[float]]:
        if self.pinned < 0:
            return [], []
        found = self._nearest(self.hidden_layer, self.projection, [self.pinned])
        here = found.indices[self.pinned] < len(self.occurrences)
        return found.indices[self.pinned][here].tolist(), found.cosines[self.pinned][here].tolist()

    def __repr__(self) -> str:
        occurrences, layers = self.occurrences, len(self.occurrences.hidden_layers)
        said = [f"layer {self.hidden_layer}", self.projection]
        if self.selected:
            said.append(f"{len(self.selected):,} selected")
        return (
            f"LanguageView of {', '.join(self._places)}: "
            f"{len(next(iter(self._places.values()))):,} sentences, "
            f"{layers} hidden layer{'s' * (layers != 1)} × {occurrences.hidden_size} dimensions; "
            + ", ".join(said)
        )
