"""The links of a pair stay within what a view may carry, and what stays behind is told."""

import numpy as np
import pytest

from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.alignment.data import BUDGET, alignment_data, detail_of, prepare
from bertviz_plus.views.alignment.packing import PairLinks, packed_links, packed_size, pair_links
from bertviz_plus.views.wire import decode

METHODS = ("fwd", "inter", "softmax", "edge_cover")


def all_alike(words: int, layers: int = 3) -> SentencePair:
    """A pair whose vectors all point about the same way: a softmax links every word with every other."""
    random = np.random.default_rng(0)
    sides = [tuple(f"{side}{place}" for place in range(words)) for side in "st"]
    places = tuple(range(words))
    cosines = random.uniform(0.5, 0.6, (layers, words, words)).astype(np.float32)
    return SentencePair(*sides, None, *sides, places, places, cosines)


@pytest.fixture(scope="module")
def dense() -> PairLinks:
    return pair_links(all_alike(60), METHODS)


def test_what_fits_travels_whole(dense: PairLinks) -> None:
    assert sorted(packed_links(dense)) == ["links", "starts"]
    whole = packed_links(dense, packed_size(packed_links(dense)))
    assert np.array_equal(decode(whole["links"]), dense.links)


@pytest.mark.parametrize("share", [0.8, 0.4, 0.2])
def test_what_does_not_fit_is_cut_to_the_surest_and_counted(dense: PairLinks, share: float) -> None:
    most = share * packed_size(packed_links(dense))
    packed = packed_links(dense, most)
    assert packed_size(packed) <= most
    assert decode(packed["found"]).tolist() == np.diff(dense.starts).tolist()
    kept = PairLinks(decode(packed["links"]).astype(np.uint16), decode(packed["starts"]).astype(np.int32))
    for layer in range(3):
        for method, name in enumerate(METHODS):
            all_, some = (links.at(layer, method, len(METHODS)) for links in (dense, kept))
            if name != "softmax":
                assert np.array_equal(all_, some)
                continue
            assert 120 <= len(some) < len(all_)
            # The surest, in their order.
            left = {tuple(one) for one in all_.tolist()} - {tuple(one) for one in some.tolist()}
            assert len(left) == len(all_) - len(some)
            assert max(one[2] for one in left) <= some[:, 2].min()
            assert some.tolist() == [one for one in all_.tolist() if tuple(one) not in left]


def test_a_partner_for_each_word_is_kept_whatever_the_budget(dense: PairLinks) -> None:
    least = packed_links(dense, 1)
    counts = np.diff(decode(least["starts"])).reshape(3, len(METHODS))
    assert counts[:, METHODS.index("softmax")].tolist() == [120, 120, 120]


def test_a_pair_with_no_links_at_all_is_packed() -> None:
    nothing = PairLinks(np.zeros((0, 3), np.uint16), np.zeros(5, np.int32))
    assert packed_links(nothing, 1)["links"]["shape"] == [0, 3]


def test_one_long_pair_stays_within_the_budget_and_python_keeps_all_of_it() -> None:
    read = Alignments((all_alike(330, layers=4),), (0, 1, 2, 3), best_layer=1)
    payload = prepare(read, ["inter", "softmax", "entmax"])
    assert packed_size(packed_links(payload.links_of(0))) > BUDGET
    data = alignment_data(payload)
    assert packed_size(data["links"]["0"]) <= BUDGET
    assert packed_size(alignment_data(payload, embed="all")["links"]["0"]) > BUDGET
    detail = detail_of(payload, 0, similarity=True)
    tensors = {name: detail[name] for name in ("links", "starts", "found", "similarity")}
    assert packed_size(tensors) <= BUDGET
    view = AlignmentView(read, methods=["softmax"], method="softmax", hidden_layer=1)
    assert len(view.alignment_of().links) == 330 * 330
