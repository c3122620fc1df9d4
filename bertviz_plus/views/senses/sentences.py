"""What is computed once for a language view: pictures of the sentences, centred and not, and scores."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.data.parallel_sentences import ParallelSentences
from bertviz_plus.measures.alignment.language_scores import language_scores
from bertviz_plus.measures.senses.labelled import unit
from bertviz_plus.measures.senses.projection import Projection, project
from bertviz_plus.plates.wording import counted, listed
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.sentences import Sentences
from bertviz_plus.views.senses.data import Payload, Space, Wording, known_number
from bertviz_plus.views.senses.groups import Group
from bertviz_plus.views.senses.nearest import Nearest, most_typical
from bertviz_plus.views.senses.texts import TEXT_BUDGET, pack_texts

# The projections: each language's mean left in, or subtracted.
KEPT, CENTRED = "pca", "centred PCA"
# A curve to be looked at needs no more; the finding takes five.
_FOLDS = 2
# More languages are counted in the toolbar.
_NAMED = 5
_COLUMNS = ("measure", "hidden_layer", "centred", "value", "low", "high", "chance")
_DRAWN = {"retrieval": "translation found", "probe": "language recognised"}


def texts_of(sentences: Any, languages: Sequence[str] | None, works: str) -> dict[str, tuple[str, ...]]:
    """Return the sentences of at least two languages.

    Parameters
    ----------
    sentences : ParallelSentences, or dict of str to sequence of str
    languages : sequence of str, optional
        Which; all by default.
    works : str
        A call that works, for errors.

    Examples
    --------
    >>> texts_of({"en": ["A cat."], "de": ["Eine Katze."]}, None, "LanguageView.of(model)")
    {'en': ('A cat.',), 'de': ('Eine Katze.',)}
    """
    if not isinstance(sentences, ParallelSentences | Mapping):
        allowed = "ParallelSentences or a dict of languages and their sentences"
        raise wrong_kind("sentences", allowed, sentences, works)
    held = sentences.texts() if isinstance(sentences, ParallelSentences) else sentences
    asked = list(dict.fromkeys(held if languages is None else languages))
    if isinstance(languages, str) or len(asked) < 2 or any(one not in held for one in asked):
        name, got = ("sentences", list(held)) if languages is None else ("languages", languages)
        among = f" among {', '.join(held)}" if len(held) > 1 else ""
        raise ValueError(f"{name} must be at least two languages{among}, got {got!r}. This works: {works}")
    if isinstance(sentences, ParallelSentences):
        return sentences.texts(asked)
    return {name: tuple(sentences[name]) for name in asked}


def prepare_languages(
    sentences: Sentences, *, scores: Any = None, seed: int = 0, progress: bool = True
) -> Payload:
    """Compute what a language view shows.

    Parameters
    ----------
    sentences : Sentences
    scores : DataFrame or False, optional
        What `language_scores` returned; computed without it, where there are enough sentences. False for
        none.
    seed : int, default 0
    progress : bool, default True
    """
    languages = sentences.places
    codes = np.zeros(len(sentences), np.int64)
    for code, own in enumerate(languages.values()):
        codes[own] = code
    n = len(next(iter(languages.values())))
    table = _scores_of(sentences, n, scores, seed=seed, progress=progress)
    drawn = _drawn(table, sentences.hidden_layers)
    best = _best_layer(drawn, sentences.hidden_layers)
    # No word of a sentence is marked.
    packed, spans, windows = pack_texts(sentences.texts, [(0, 0)] * len(sentences), TEXT_BUDGET)
    pictures: dict[str, Projection] = {}
    spaces: dict[str, Space] = {}
    for name, vectors in ((KEPT, sentences.vectors), (CENTRED, sentences.centred())):
        pictures[name] = project(vectors, "pca", seed=seed, progress=progress)
        spaces[name] = Space(
            vectors,
            tuple(known_number(one) for one in pictures[name].mean_cosine),
            partial(retrieved, languages=languages),
        )
    items = most_typical(np.asarray(sentences.at(best), np.float32), codes, len(languages))
    return Payload(
        source=sentences,
        groups=(Group("language", "language", tuple(languages), codes),),
        projections=pictures,
        spaces=spaces,
        wording=Wording(
            ", ".join(languages) if len(languages) <= _NAMED else f"{len(languages)} languages",
            tuple(languages),
            "sentence",
            f"{counted(n, 'sentence')} in each of {listed(tuple(languages))}",
            "Nearest in each other language",
            "translation",
        ),
        kin=np.asarray(sentences.meanings, np.int64),
        scores=table,
        drawn=drawn,
        fine_print="language recognised: by a linear classifier, from the vector alone; dashed: the same "
        "score with the language means subtracted, or left in"
        if drawn
        else "",
        best_layer=best,
        typical={
            "language": [
                {"group": code, "layer": best, "items": own, "context": []} for code, own in enumerate(items)
            ]
        },
        windows=tuple(windows),
        spans=spans,
        packed_texts=packed,
    )


def retrieved(
    vectors: NDArray[np.float32],
    rows: Sequence[int] | NDArray[np.intp] | None = None,
    *,
    languages: Mapping[str, NDArray[np.intp]],
) -> Nearest:
    """Find for each sentence the nearest one of each other language, by cosine.

    Parameters
    ----------
    vectors : ndarray [sentences of all languages, hidden]
    rows : sequence of int, optional
        For which; all without it.
    languages : dict of str to ndarray
        Where each language's sentences are.

    Returns
    -------
    Nearest
        As many for each as there are other languages, the nearest first.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [0, 1], [1, 0.1], [0.1, 1]], np.float32)
    >>> languages = {"en": np.array([0, 1]), "de": np.array([2, 3])}
    >>> retrieved(vectors, languages=languages).indices[:, 0].tolist()
    [2, 3, 0, 1]
    """
    count = len(vectors)
    units = unit(vectors)
    wanted = np.ones(count, bool) if rows is None else np.isin(np.arange(count), rows)
    indices = np.full((count, len(languages)), count, np.int64)
    cosines = np.full(indices.shape, -np.inf, np.float32)
    for own in languages.values():
        asked = own[wanted[own]]
        for place, other in enumerate(languages.values()):
            if other is own or not asked.size:
                continue
            near = units[asked] @ units[other].T
            best = near.argmax(axis=1)
            indices[asked, place] = other[best]
            cosines[asked, place] = near[np.arange(len(asked)), best]
    # The last is the sentence's own language, where nothing was looked for.
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :-1]
    found = np.take_along_axis(cosines, order, axis=1)
    return Nearest(np.take_along_axis(indices, order, axis=1), np.where(np.isfinite(found), found, np.nan))


def _scores_of(sentences: Sentences, n: int, scores: Any, *, seed: int, progress: bool) -> pd.DataFrame:
    if scores is False:
        return pd.DataFrame(columns=list(_COLUMNS))
    if scores is not None:
        if not isinstance(scores, pd.DataFrame) or any(one not in scores.columns for one in _COLUMNS):
            raise ValueError(
                "scores must be what language_scores returned, a DataFrame with the columns "
                f"{', '.join(_COLUMNS)}, or False for none, got {type(scores).__name__}"
            )
        return scores
    if n < 2 * _FOLDS:
        return pd.DataFrame(columns=list(_COLUMNS))
    found = language_scores(sentences.by_language(), folds=_FOLDS, seed=seed, progress=progress)
    numbers = dict(enumerate(sentences.hidden_layers))
    return found.assign(hidden_layer=found["hidden_layer"].map(numbers))


def _drawn(table: pd.DataFrame, hidden_layers: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return each measure as lists by layer, for each picture; beside it the same in the other picture."""
    drawn = []
    for picture, other_name in ((KEPT, "means subtracted"), (CENTRED, "means left in")):
        for measure, title in _DRAWN.items():
            own = table[table["measure"] == measure] if len(table) else table
            if not len(own):
                continue
            here, there = (
                own[own["centred"].astype(bool) == one].set_index("hidden_layer").reindex(hidden_layers)
                for one in (picture == CENTRED, picture != CENTRED)
            )
            drawn.append(
                {
                    "measure": measure,
                    "of": picture,
                    "title": title,
                    "values": _listed(here["value"]),
                    "low": _listed(here["low"]),
                    "high": _listed(here["high"]),
                    "baseline": _listed(there["value"]),
                    "baseline_name": other_name,
                    # What is left where translations, or languages, are shuffled.
                    "shuffled": _listed(here["chance"]),
                }
            )
    return drawn


def _best_layer(drawn: list[dict[str, Any]], hidden_layers: tuple[int, ...]) -> int:
    if not drawn:
        return hidden_layers[-1]
    centred_too = next(score for score in drawn if score["of"] == CENTRED)
    values = [-1.0 if one is None else round(one, 3) for one in centred_too["values"]]
    return hidden_layers[int(np.argmax(values))]


def _listed(values: Any) -> list[float | None]:
    return [None if not np.isfinite(one) else round(float(one), 5) for one in np.asarray(values, float)]
