"""Sentences of several languages as points, hidden layer by hidden layer: clouds, and translations found."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd

from bertviz_plus.data.parallel_sentences import ParallelSentences, parallel_sentences
from bertviz_plus.traces.sentences import Sentences
from bertviz_plus.views.embedding import Embed, checked_embed
from bertviz_plus.views.senses.points import PointsView
from bertviz_plus.views.senses.sentences import CENTRED, KEPT, prepare_languages, texts_of
from bertviz_plus.views.senses.traits import LANGUAGE_TRAITS
from bertviz_plus.views.traits import Traits


class LanguageView(PointsView):
    """Parallel sentences, layer by layer, coloured by language; each language's mean left in or subtracted.

    Parameters
    ----------
    sentences : Sentences
        `LanguageView.of` reads them, `Sentences.from_vectors` makes them of vectors.
    scores : DataFrame or False, optional
        What `bertviz_plus.measures.alignment.language_scores` returned; computed without it. False for none.
    embed : {"auto", "all"} or list of int, default "auto"
        Which hidden layers are embedded.
    progress : bool, default True
    **state
        Any of the attributes below.

    Attributes
    ----------
    {traits}

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
    >>> view = LanguageView(Sentences.from_vectors(vectors), progress=False)
    >>> view.found_translation(0), view.found_translation(0, centred=True)
    ({'de': False}, {'de': True})
    >>> view
    LanguageView of en, de: 12 sentences, 2 hidden layers × 8 dimensions; layer 0, language means left in
    """

    TRAITS: ClassVar[Traits] = LANGUAGE_TRAITS

    def __init__(
        self,
        sentences: Sentences,
        *,
        scores: pd.DataFrame | bool | None = None,
        embed: Embed = "auto",
        progress: bool = True,
        **state: Any,
    ) -> None:
        if not isinstance(sentences, Sentences):
            raise TypeError(
                f"sentences must be Sentences, got {type(sentences).__name__}; LanguageView.of(model, "
                "sentences) reads them, Sentences.from_vectors(vectors) makes them of vectors"
            )
        self.refuse_unknown(state)
        embed = checked_embed(embed, sentences.hidden_layers, "layers")
        self._sentences = sentences
        payload = prepare_languages(sentences, scores=scores, progress=progress)
        super().__init__(payload=payload, embed=embed, **state)

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
        from bertviz_plus.measures.alignment.retrieval import language_vectors
        from bertviz_plus.models.model_kind import check_model

        works = 'LanguageView.of(model, languages=["en", "de"])'
        check_model(model, works)
        texts = texts_of(parallel_sentences() if sentences is None else sentences, languages, works)
        progress = bool(state.get("progress", True))
        vectors = language_vectors(model, texts, pooling=["mean"], progress=progress)["mean"]
        return cls(Sentences.from_vectors(vectors, texts, model=model.info), **state)

    @property
    def sentences(self) -> Sentences:
        """What the view draws."""
        return self._sentences

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the legend's order."""
        return tuple(self._sentences.places)

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
        sentences = self._sentences
        if layer not in sentences.hidden_layers:
            raise ValueError(f"hidden_layer must be one of {list(sentences.hidden_layers)}, got {layer!r}")
        space = self.projection if centred is None else (CENTRED if centred else KEPT)
        row = self.check("pinned", sentence)
        place = sentences.hidden_layers.index(layer)
        found = self._payload.spaces[space].nearest(place, [row]).indices[row].tolist()
        meanings = sentences.meanings
        return {
            sentences.languages[one]: meanings[one] == meanings[row] for one in found if one < len(sentences)
        }

    def selected_frame(self) -> pd.DataFrame:
        """Return the selected sentences as rows, under their numbers: language, sentence, text."""
        places: list[int] = self.selected
        return self._sentences.to_frame().iloc[places]

    def __repr__(self) -> str:
        count = len(self._sentences) // len(self.languages)
        means = "subtracted" if self.projection == CENTRED else "left in"
        return self._named(
            f"{', '.join(self.languages)}: {count:,} sentence{'s' * (count != 1)}", f"language means {means}"
        )
