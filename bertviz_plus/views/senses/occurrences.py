"""What is computed once for a sense view: pictures, colourings, scores, what is typical."""

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from bertviz_plus.measures.senses.clusters import ProposedSenses, propose_senses
from bertviz_plus.measures.senses.context_words import context_words
from bertviz_plus.measures.senses.forms import has_several_forms, without_forms, written_forms
from bertviz_plus.measures.senses.labelled import usable
from bertviz_plus.measures.senses.projection import Projection, given_points, method_names, project
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.senses.data import Payload, Space, Wording, known_number
from bertviz_plus.views.senses.groups import CLUSTER, Group, groups_of
from bertviz_plus.views.senses.nearest import NEAREST, most_typical
from bertviz_plus.views.senses.scores import (
    DRAWN,
    best_layer_of,
    cluster_scores,
    drawn_scores,
    scores_of,
    title_of,
)
from bertviz_plus.views.senses.texts import TEXT_BUDGET, pack_texts

# Above so many, clusters are not proposed unasked; nor where there are hardly any.
_CLUSTERED = 60_000
_LEAST_CLUSTERED = 6
_CLUSTER_SAMPLE = 1000
# Points of all layers that t-SNE draws within some ten seconds, and points that it has something to tell of.
_QUICK_TSNE = 4000
_LEAST_TSNE = 30
_CONTEXT_WORDS = 8
_CONTEXT_TEXTS = 2000
# The picture of the vectors as they are, where those that are scored have lost the means of written forms.
WITH_FORMS = "pca with forms"


def prepare(
    occurrences: Occurrences,
    *,
    columns: Any = None,
    projection: Any = None,
    scores: Any = None,
    by_form: bool | None = None,
    progress: bool = True,
    seed: int = 0,
) -> Payload:
    """Compute what a view shows.

    Parameters
    ----------
    occurrences : Occurrences
    columns : DataFrame or mapping, optional
        What else may colour.
    projection : {"pca", "tsne", "umap"}, a list of them, or array_like, optional
        Beside the PCA, which is always there; or the user's own points. t-SNE first where openTSNE is
        installed and there are few enough points for it to be quick.
    scores : DataFrame or False, optional
    by_form : bool, optional
        Take each written form's mean away; where several forms occur, by default.
    progress : bool, default True
    seed : int, default 0

    Returns
    -------
    Payload

    Examples
    --------
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)))
    >>> prepare(bank, progress=False).projections["pca"].points.shape
    (2, 12, 2)
    """
    if not len(occurrences):
        raise ValueError("occurrences must hold at least one occurrence, got none")
    groups = groups_of(occurrences, columns)
    shown, note = _shown(occurrences, by_form)
    pca = project(shown.vectors, "pca", seed=seed, progress=progress)
    projections = {
        name: replace(one, note="; ".join(filter(None, (one.note, note))))
        for name, one in _projections(shown, projection, pca, seed, progress).items()
    }
    spaces = dict.fromkeys(projections, Space(shown.vectors, tuple(map(known_number, pca.mean_cosine))))
    table = scores_of(shown, scores, progress=progress)
    drawn, fine_print = drawn_scores(table, shown, pca)
    best = best_layer_of(drawn, occurrences.hidden_layers)
    kept = table.iloc[:0]
    own_space = ""
    if note:
        own_space = next(iter(projections))
        left_in = project(occurrences.vectors, "pca", seed=seed, progress=progress)
        projections[WITH_FORMS] = replace(left_in, note="each written form's mean left in")
        spaces[WITH_FORMS] = Space(occurrences.vectors, tuple(map(known_number, left_in.mean_cosine)))
        if drawn and scores is None:
            kept = scores_of(occurrences, progress=progress)
            fine_print = "; ".join(filter(None, (fine_print, _with_forms(kept, best))))
            others, _ = drawn_scores(kept, occurrences, left_in)
            drawn = [*_of(drawn, own_space), *_of(others, WITH_FORMS)]
    proposed = _proposed(occurrences, best)
    group_scores: dict[str, list[dict[str, Any]]] = {}
    if proposed is not None:
        # Scores of senses say nothing of clusters.
        if own := cluster_scores(shown.vectors, proposed.labels):
            group_scores[CLUSTER] = own
            if note:
                others = cluster_scores(occurrences.vectors, proposed.labels)
                group_scores[CLUSTER] = [*_of(own, own_space), *_of(others, WITH_FORMS)]
        groups.insert(_place_of_clusters(groups), _cluster_group(proposed))
        if groups[0].name == CLUSTER:
            fine_print = proposed.note
    typical = {group.name: _typical(shown, group, best) for group in groups}
    packed, spans, windows = pack_texts(occurrences.texts, occurrences.spans, TEXT_BUDGET)
    return Payload(
        source=occurrences,
        groups=tuple(groups),
        projections=projections,
        spaces=spaces,
        wording=Wording(
            occurrences.word,
            tuple(dict.fromkeys(occurrences.words)),
            "occurrence",
            f"“{occurrences.word}”, {counted(len(occurrences), 'occurrence')}",
            f"Nearest in all {occurrences.hidden_size} dimensions",
        ),
        scores=table,
        scores_with_forms=kept,
        drawn=drawn,
        group_scores=group_scores,
        fine_print=fine_print,
        best_layer=best,
        typical=typical,
        windows=tuple(windows),
        spans=spans,
        packed_texts=packed,
    )


def _shown(occurrences: Occurrences, by_form: bool | None) -> tuple[Occurrences, str]:
    """Return the occurrences with the vectors that are shown, and what is to be said of these."""
    if by_form is None:
        by_form = len(occurrences) <= _CLUSTERED and has_several_forms(occurrences)
    if not by_form:
        return occurrences, ""
    forms = written_forms(occurrences)
    vectors = np.stack([without_forms(layer, forms) for layer in occurrences.vectors])
    return replace(occurrences, vectors=vectors), "each written form's mean subtracted"


def _of(scores: list[dict[str, Any]], space: str) -> list[dict[str, Any]]:
    """Say of which vectors scores are."""
    return [{**score, "of": space} for score in scores]


def _with_forms(scores: pd.DataFrame, layer: int) -> str:
    """Say what the scores are where the written forms' means are kept."""
    rows = scores[(scores["hidden_layer"] == layer) & (scores["word"] == scores["word"].iloc[0])]
    values = [
        f"{title_of(measure)} {value:.2f}"
        for measure, value in zip(rows["measure"], rows["value"], strict=True)
        if measure in DRAWN and np.isfinite(value)
    ]
    return f"with the forms' means left in, layer {layer} has {', '.join(values)}" if values else ""


def _projections(
    occurrences: Occurrences, wanted: Any, pca: Projection, seed: int, progress: bool
) -> dict[str, Projection]:
    if wanted is None:
        quick = len(occurrences) * len(occurrences.hidden_layers) <= _QUICK_TSNE
        wanted = "tsne" if quick and len(occurrences) > _LEAST_TSNE and find_spec("openTSNE") else "pca"
    names = method_names(wanted)
    if names is None:
        return {"given": given_points(occurrences.vectors, wanted, seed=seed), "pca": pca}
    found: dict[str, Projection] = {}
    for name in names:
        if name not in ("pca", "tsne", "umap"):
            raise ValueError(
                "projection must be 'pca', 'tsne', 'umap', a list of them, or points "
                f"[occurrences, 2] or [layers, occurrences, 2], got {name!r}"
            )
        found[name] = (
            pca if name == "pca" else project(occurrences.vectors, name, seed=seed, progress=progress)  # type: ignore[arg-type]
        )
    return found | {"pca": pca}


def _proposed(occurrences: Occurrences, layer: int) -> ProposedSenses | None:
    """Return groups that are found without labels, where there are enough occurrences."""
    few = np.count_nonzero(usable(np.asarray(occurrences.at(layer), np.float32))) < _LEAST_CLUSTERED
    if few or len(occurrences) > _CLUSTERED:
        return None
    return propose_senses(
        occurrences, hidden_layer=layer, typical=NEAREST, words=_CONTEXT_WORDS, sample=_CLUSTER_SAMPLE
    )


def _cluster_group(proposed: ProposedSenses) -> Group:
    names = proposed.names()
    codes = np.where(proposed.labels < 0, len(names), proposed.labels)
    return Group(CLUSTER, CLUSTER, names, codes.astype(np.int64))


def _place_of_clusters(groups: list[Group]) -> int:
    return sum(group.name in ("sense", "word") for group in groups)


def _typical(occurrences: Occurrences, group: Group, layer: int) -> list[dict[str, Any]]:
    vectors = np.asarray(occurrences.at(layer), np.float32)
    items = most_typical(vectors, group.codes, len(group.labels))
    labelled = np.flatnonzero(group.codes < len(group.labels))
    labelled = labelled[:: 1 + (len(labelled) - 1) // _CONTEXT_TEXTS]
    words = context_words(
        [occurrences.texts[i] for i in labelled.tolist()],
        [occurrences.spans[i] for i in labelled.tolist()],
        group.codes[labelled].tolist(),
        most=_CONTEXT_WORDS,
    )
    return [
        {
            "group": code,
            "layer": layer,
            "items": own,
            "context": [[word, round(odds, 2)] for word, odds in words.get(code, ())],
        }
        for code, own in enumerate(items)
    ]
