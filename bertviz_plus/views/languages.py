"""Sentences of several languages as points, hidden layer by hidden layer: clouds, and translations found."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.languages_data import (
    CENTRED,
    KEPT,
    languages_of,
    prepare_languages,
    sentence_occurrences,
    texts_of,
)
from bertviz_plus.views.points import PointsView, checked_embed
from bertviz_plus.views.points_data import Embed


class LanguageView(PointsView):
    """Parallel sentences, layer by layer, coloured by language; each language's mean left in or subtracted.

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
        The vectors as they are, or each language's mean subtracted first.
    pinned : int
        The sentence whose nearest sentence in each other language is linked and listed; -1 for none. A line
        is dashed where that is not its translation, and a ring marks the translation that was not found.
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
    The curves: "translation found" is how often the nearest sentence of another language is the translation;
    "language recognised" is how often a linear classifier (a probe) names a sentence's language from its
    vector. Each stands beside the same score with the language means subtracted, or left in.

    Examples
    --------
    >>> import numpy as np
    >>> random = np.random.default_rng(0)
    >>> meaning = random.normal(size=(2, 12, 8))
    >>> vectors = {"en": meaning, "de": meaning + 3 + random.normal(scale=0.1, size=(2, 12, 8))}
    >>> view = LanguageView(sentence_occurrences(vectors), progress=False)
    >>> view.found_translation(0), view.found_translation(0, centred=True)
    ({'de': False}, {'de': True})
    >>> view
    LanguageView of en, de: 12 sentences, 2 hidden layers × 8 dimensions; layer 0, language means left in
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
        embed = checked_embed(embed, sentences)
        prepared = prepare_languages(sentences, scores=scores, progress=progress)
        super().__init__(prepared=prepared, embed=embed, **state)

    @classmethod
    def of(
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
            Two or more of them; all by default.
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
        LanguageView of en, de: 3 sentences, 3 hidden layers × 128 dimensions; layer 2, language means left in
        """
        from bertviz_plus.measures.retrieval import language_vectors
        from bertviz_plus.models.model_kind import check_model

        works = 'LanguageView.of(model, languages=["en", "de"])'
        check_model(model, works)
        texts = texts_of(parallel_sentences() if sentences is None else sentences, languages, works)
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
        if layer not in self.occurrences.hidden_layers:
            raise ValueError(
                f"hidden_layer must be one of {list(self.occurrences.hidden_layers)}, got {layer!r}"
            )
        space = self.projection if centred is None else (CENTRED if centred else KEPT)
        row = self.check("pinned", sentence)
        place = self.occurrences.hidden_layers.index(layer)
        found = self._prepared.spaces[space].nearest(place, [row]).indices[row].tolist()
        words, sources = self.occurrences.words, self.occurrences.sources
        return {str(words[one]): sources[one] == sources[row] for one in found if one < len(sources)}

    def selected_frame(self) -> pd.DataFrame:
        """Return the selected sentences as rows, under their numbers: language, sentence, text."""
        occurrences = self.occurrences
        frame = pd.DataFrame(
            {"language": occurrences.words, "sentence": occurrences.sources, "text": occurrences.texts}
        )
        return frame.iloc[self.selected]

    def __repr__(self) -> str:
        count = len(next(iter(self._places.values())))
        means = "subtracted" if self.projection == CENTRED else "left in"
        return self._named(
            f"{', '.join(self._places)}: {count:,} sentence{'s' * (count != 1)}", f"language means {means}"
        )
