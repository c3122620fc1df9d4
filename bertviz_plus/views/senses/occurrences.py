"""What is computed once for a sense view: pictures, colourings, scores, what is typical."""

from typing import Any

import numpy as np

from bertviz_plus.measures.clusters import ProposedSenses, propose_senses
from bertviz_plus.measures.context_words import context_words
from bertviz_plus.measures.labelled import usable
from bertviz_plus.measures.projection import Projection, given_points, method_names, project
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.senses.data import Prepared, Space, Wording, known_number
from bertviz_plus.views.senses.groups import Group, groups_of
from bertviz_plus.views.senses.nearest import NEAREST, most_typical
from bertviz_plus.views.senses.scores import best_layer_of, drawn_scores, scores_of
from bertviz_plus.views.senses.texts import TEXT_BUDGET, pack_texts

# Above so many, clusters are not proposed unasked; nor where there are hardly any.
_CLUSTERED = 60_000
_LEAST_CLUSTERED = 6
_CLUSTER_SAMPLE = 1000
_CONTEXT_WORDS = 8
_CONTEXT_TEXTS = 2000


def prepare(
    occurrences: Occurrences,
    *,
    columns: Any = None,
    projection: Any = "pca",
    scores: Any = None,
    progress: bool = True,
    seed: int = 0,
) -> Prepared:
    """Compute what a view shows.

    Parameters
    ----------
    occurrences : Occurrences
    columns : DataFrame or mapping, optional
        What else may colour.
    projection : {"pca", "tsne", "umap"}, a list of them, or array_like
        Beside the PCA, which is always there; or the user's own points.
    scores : DataFrame or False, optional
    progress : bool, default True
    seed : int, default 0

    Returns
    -------
    Prepared

    Examples
    --------
    >>> bank = Occurrences.from_vectors(np.random.default_rng(0).normal(size=(2, 12, 4)))
    >>> prepare(bank, progress=False).projections["pca"].points.shape
    (2, 12, 2)
    """
    if not len(occurrences):
        raise ValueError("occurrences must hold at least one occurrence, got none")
    groups = groups_of(occurrences, columns)
    pca = project(occurrences.vectors, "pca", seed=seed, progress=progress)
    projections = _projections(occurrences, projection, pca, seed, progress)
    table = scores_of(occurrences, scores, progress=progress)
    drawn, fine_print = drawn_scores(table, occurrences, pca)
    best = best_layer_of(drawn, occurrences.hidden_layers)
    proposed = _proposed(occurrences, best)
    if proposed is not None:
        groups.insert(_place_of_clusters(groups), _cluster_group(proposed))
        if groups[0].name == "cluster":
            fine_print = proposed.note
    typical = _typical(occurrences, groups[0], best) if groups else []
    packed, spans, windows = pack_texts(occurrences.texts, occurrences.spans, TEXT_BUDGET)
    whole = Space(occurrences.vectors, tuple(known_number(one) for one in pca.mean_cosine))
    return Prepared(
        source=occurrences,
        groups=tuple(groups),
        projections=projections,
        spaces=dict.fromkeys(projections, whole),
        wording=Wording(
            occurrences.word,
            tuple(dict.fromkeys(occurrences.words)),
            "occurrence",
            f"“{occurrences.word}”, {counted(len(occurrences), 'occurrence')}",
            f"Nearest in all {occurrences.hidden_size} dimensions",
        ),
        scores=table,
        drawn=drawn,
        fine_print=fine_print,
        best_layer=best,
        typical=typical,
        windows=tuple(windows),
        spans=spans,
        packed_texts=packed,
    )


def _projections(
    occurrences: Occurrences, wanted: Any, pca: Projection, seed: int, progress: bool
) -> dict[str, Projection]:
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
    return Group("cluster", "cluster", names, codes.astype(np.int64))


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
