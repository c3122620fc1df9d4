"""What the alignment view draws from: links of each pair at every layer by every method, within 2 MB."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.layers import similarity_by_layer
from bertviz_plus.measures.alignment.methods import METHODS
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.text_direction import sentence_from_right
from bertviz_plus.traces.weight_codes import FULL, MISSING
from bertviz_plus.views.alignment.chance import confidence_by_chance
from bertviz_plus.views.alignment.map import AlignmentMap, PairScores, map_of, scores_of
from bertviz_plus.views.alignment.packing import PairLinks, packed_links, packed_size, pair_links
from bertviz_plus.views.embedding import BUDGET, Embed
from bertviz_plus.views.wire import Tensor, encode, encode_rounded, size_of

# Above so many pairs a sample tells the map of all.
SAMPLED = 200


@dataclass(eq=False)
class Payload:
    """Everything that a view computes, each pair once and when it is needed.

    Attributes
    ----------
    alignments : Alignments
    methods : tuple of str
        Those of the package; links that were given are beside them.
    map : AlignmentMap or None
    """

    alignments: Alignments
    methods: tuple[str, ...]
    map: AlignmentMap | None = None
    _links: dict[int, PairLinks] = field(default_factory=dict)
    _scores: dict[int, PairScores] = field(default_factory=dict)

    @property
    def given(self) -> tuple[str, ...]:
        """Names under which links came from elsewhere."""
        names = (wire_name(name) for pair in self.alignments for name in pair.given)
        return tuple(dict.fromkeys(names))

    def links_of(self, place: int) -> PairLinks:
        """Return the links of a pair."""
        if place not in self._links:
            self._links[place] = pair_links(self.alignments[place], self.methods)
        return self._links[place]

    def scores_of(self, place: int) -> PairScores:
        """Return what the map is made of."""
        if place not in self._scores:
            pair = self.alignments[place]
            self._scores[place] = scores_of(pair, self.links_of(place), self._shape, gold=pair.gold)
        return self._scores[place]

    def count(self, place: int, gold: Gold | None, threshold: float) -> PairScores:
        """Return the same for other gold, or without the links under a threshold."""
        pair = self.alignments[place]
        if threshold <= 0 and gold is pair.gold:
            return self.scores_of(place)
        return scores_of(pair, self.links_of(place), self._shape, gold=gold, threshold=threshold)

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.alignments.hidden_layers), len(self.methods)


def prepare(
    alignments: Alignments,
    methods: Iterable[str] | None = None,
    *,
    progress: bool = True,
    sample: int = SAMPLED,
    seed: int = 0,
) -> Payload:
    """Align what the map of all pairs needs.

    Parameters
    ----------
    alignments : Alignments
    methods : iterable of str, optional
        All by default.
    progress : bool, default True
    sample : int, default 200
        The most pairs that the map is counted over.
    seed : int, default 0
        Of the sample.

    Returns
    -------
    Payload

    Examples
    --------
    >>> mine = Alignments.from_words([("the house", "das Haus")])
    >>> prepare(mine).map is None
    True
    """
    if not len(alignments):
        raise ValueError("alignments must hold at least one pair, got none")
    names = tuple(METHODS if methods is None else methods) if alignments.hidden_layers else ()
    payload = Payload(alignments, names)
    if not names:
        return payload
    has_gold = any(pair.gold is not None for pair in alignments)
    places = [p for p, pair in enumerate(alignments) if pair.gold is not None or not has_gold]
    note = ""
    if len(places) > sample:
        chosen = np.random.default_rng(seed).choice(len(places), sample, replace=False)
        note = f"a sample of {sample:,} of {len(places):,} pairs, seed {seed}"
        places = [places[one] for one in sorted(chosen.tolist())]
    elif len(places) < len(alignments):
        note = f"{len(places):,} of {len(alignments):,} pairs have gold"
    shown = tqdm(places, "aligning", disable=not progress, delay=1, leave=False, unit="pair")
    scores = {place: payload.scores_of(place) for place in shown}
    whole = map_of(scores, "aer" if has_gold else "confidence", note)
    bare = [pair for pair in alignments if pair.gold is None]
    if bare:
        whole = replace(
            whole,
            **_chance(bare, names, len(alignments.hidden_layers), alone=len(alignments) == 1, seed=seed),
        )
    payload.map = whole
    return payload


def alignment_data(
    payload: Payload, *, embed: Embed = "auto", pair: int = 0, budget: int = BUDGET
) -> dict[str, Any]:
    """Pack what was prepared for the front end.

    Parameters
    ----------
    payload : Payload
    embed : {"auto", "all"} or list of int
        Which pairs are embedded with their links. "auto": as many as the budget allows, from the one in
        view on.
    pair : int, default 0
        What is in view at first.
    budget : int
        Bytes.

    Returns
    -------
    dict
        JSON with bytes in it; `js/views/alignment/store.js` reads it.

    Examples
    --------
    >>> mine = Alignments.from_words([("the house", "das Haus")], gold=["0-0 1?1"])
    >>> data = alignment_data(prepare(mine))
    >>> data["pairs"][0]["gold"], data["methods"]
    ({'sure': [[0, 0]], 'possible': [[1, 1]]}, [])
    """
    alignments = payload.alignments
    pairs = [_packed_pair(one) for one in alignments]
    packed_map = _packed_map(payload)
    left: float = budget - sum(map(_weight, pairs))
    if packed_map is not None:
        left -= size_of(packed_map["all"]) + size_of(packed_map["pairs"])
    wanted = range(len(alignments)) if isinstance(embed, str) else embed
    order = sorted(wanted, key=lambda place: (place < pair, place))
    bounded = isinstance(embed, str) and embed == "auto"
    links: dict[str, Any] = {}
    similarity: dict[str, Any] = {}
    for place in order if payload.methods else ():
        # The first is always there, if need be with only its surest links.
        one = packed_links(payload.links_of(place), left if bounded and not links else None)
        left -= packed_size(one)
        if bounded and left < 0 and links:
            break
        links[str(place)] = one
    for place in order if alignments.hidden_layers else ():
        matrices = _cells(payload, place)
        # Cosines hardly pack: what cannot fit need not be tried.
        if bounded and 0.6 * matrices > left:
            break
        tensor = packed_similarity(alignments[place])
        left -= size_of(tensor)
        if bounded and left < 0:
            break
        similarity[str(place)] = tensor
    return {
        "version": 1,
        "title": alignments.model.title,
        "languages": list(alignments.languages) if alignments.languages else None,
        "pairs": pairs,
        "hidden_layers": list(alignments.hidden_layers),
        "best_layer": alignments.best_layer if alignments.best_layer in alignments.hidden_layers else None,
        "methods": [{"name": name, "title": METHODS[name].title} for name in payload.methods],
        "links": dict(sorted(links.items(), key=lambda one: int(one[0]))),
        "embedded": sorted(map(int, links)) if payload.methods else list(range(len(alignments))),
        "similarity": dict(sorted(similarity.items(), key=lambda one: int(one[0]))),
        "map": packed_map,
        "fine_print": _fine_print(alignments),
    }


def detail_of(payload: Payload, place: int, *, similarity: bool, layer: int | None = None) -> dict[str, Any]:
    """Pack one pair that is not embedded.

    Parameters
    ----------
    payload : Payload
    place : int
        The pair.
    similarity : bool
        Whether its matrices are wanted too.
    layer : int, optional
        Of which hidden layer, where all of them are too much.

    Examples
    --------
    >>> a, b = ("a", "b"), ("x", "y")
    >>> pair = SentencePair(a, b, None, a, b, (0, 1), (0, 1), np.eye(2)[np.newaxis])
    >>> detail = detail_of(prepare(Alignments((pair,), (0,))), 0, similarity=True)
    >>> detail["pair"], detail["similarity"]["shape"], detail["similarity_layers"]
    (0, [1, 2, 2], [0])
    """
    layers = payload.alignments.hidden_layers
    shown = list(layers)
    if similarity and layer is not None and _cells(payload, place) > BUDGET:
        shown = [layer]
    similar = (
        packed_similarity(payload.alignments[place], [layers.index(one) for one in shown])
        if similarity
        else None
    )
    left = BUDGET - (size_of(similar) if similar else 0)
    scores = payload.scores_of(place)
    return {
        "pair": place,
        **packed_links(payload.links_of(place), left),
        "similarity": similar,
        "similarity_layers": shown if similarity else [],
        "map": _floats(scores.values(payload.map.measure if payload.map else "confidence")),
    }


def packed_similarity(pair: SentencePair, layers: Sequence[int] | None = None) -> Tensor:
    """Return the cosines of words in eight bits, over their own range; 255 where a word has no subword.

    Parameters
    ----------
    pair : SentencePair
    layers : sequence of int, optional
        Places of the layers that are wanted; all without it.
    """
    cosines = similarity_by_layer(pair)
    cosines = cosines if layers is None else cosines[list(layers)]
    finite = np.isfinite(cosines)
    lowest = float(cosines[finite].min()) if finite.any() else 0.0
    highest = float(cosines[finite].max()) if finite.any() else 1.0
    scale = (highest - lowest) / FULL or 1.0
    return encode_rounded(cosines, "uint8", scale, lowest=lowest, missing=MISSING)


def wire_name(name: str) -> str:
    """Return what given links are called beside the methods, whose names they may not take.

    Examples
    --------
    >>> wire_name("giza"), wire_name("inter")
    ('giza', 'inter (given)')
    """
    return f"{name} (given)" if name in METHODS or not name else name


def _chance(
    bare: Sequence[SentencePair], names: Sequence[str], layers: int, *, alone: bool, seed: int
) -> dict[str, Any]:
    def count(pair: SentencePair) -> PairScores:
        return scores_of(pair, pair_links(pair, names), (layers, len(names)))

    chance, drawn = confidence_by_chance(bare, count, seed=seed)
    return {"chance": chance, "chance_note": "" if alone else f"over {counted(drawn, 'pair')}"}


def _packed_pair(pair: SentencePair) -> dict[str, Any]:
    return {
        "source": [_sendable(word) for word in pair.source],
        "target": [_sendable(word) for word in pair.target],
        "source_rtl": sentence_from_right(pair.source),
        "target_rtl": sentence_from_right(pair.target),
        # Where no model has read the pair no word has a subword, and none was cut.
        "cut_source": list(pair.cut_source) if pair.cosines is not None else [],
        "cut_target": list(pair.cut_target) if pair.cosines is not None else [],
        "gold": None if pair.gold is None else _packed_gold(pair.gold),
        "given": {
            wire_name(name): [list(link) for link in sorted(alignment.pairs)]
            for name, alignment in pair.given.items()
        },
    }


def _packed_gold(gold: Gold) -> dict[str, list[list[int]]]:
    return {
        "sure": [list(link) for link in sorted(gold.sure)],
        "possible": [list(link) for link in sorted(gold.possible - gold.sure)],
    }


def _packed_map(payload: Payload) -> dict[str, Any] | None:
    one = payload.map
    if one is None:
        return None
    whole = np.full((len(payload.alignments), *one.all.shape), np.nan, np.float32)
    for place, values in one.pairs.items():
        whole[place] = values
    return {
        "measure": one.measure,
        "all": _floats(one.all),
        "pairs": _floats(whole),
        "note": one.note,
        "chance": None if one.chance is None else _floats(one.chance),
        "chance_note": one.chance_note,
    }


def _floats(values: NDArray[np.floating[Any]]) -> Tensor:
    return encode(values, "float32", "zlib")


def _cells(payload: Payload, place: int) -> int:
    pair = payload.alignments[place]
    return len(pair.source) * len(pair.target) * len(payload.alignments.hidden_layers)


def _weight(pair: dict[str, Any]) -> int:
    """Return about how many bytes a pair's words, gold and given links are as JSON."""
    words = sum(len(word.encode()) + 3 for word in pair["source"] + pair["target"])
    gold = sum(map(len, pair["gold"].values())) if pair["gold"] else 0
    return 120 + words + 8 * (gold + sum(map(len, pair["given"].values())))


def _sendable(word: str) -> str:
    # A lone surrogate cannot be written as UTF-8.
    return word.encode("utf-8", "replace").decode("utf-8")


def _fine_print(alignments: Alignments) -> str:
    if alignments.hidden_layers and alignments.best_layer not in alignments.hidden_layers:
        return "opened at the middle layer: which one aligns best is not documented for this model"
    return ""
