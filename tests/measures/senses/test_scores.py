"""Scores of senses: planted ones are found, shuffled ones are not, and scikit-learn agrees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_samples, silhouette_score, v_measure_score
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid, NearestNeighbors

from bertviz_plus.measures.senses.agreement import clustering_agreement
from bertviz_plus.measures.senses.centroids import nearest_centroid_accuracy
from bertviz_plus.measures.senses.kmeans import kmeans
from bertviz_plus.measures.senses.labelled import unit
from bertviz_plus.measures.senses.neighbours import knn_accuracy
from bertviz_plus.measures.senses.scores import sense_scores
from bertviz_plus.measures.senses.silhouettes import silhouette, silhouette_values
from bertviz_plus.traces.occurrences import Occurrences
from tests.measures.planted import clouds, planted


def at(scores, layer, measure, column="value", word=None):
    rows = scores[(scores["hidden_layer"] == layer) & (scores["measure"] == measure)]
    rows = rows if word is None else rows[rows["word"] == word]
    assert len(rows) == 1
    return rows.iloc[0][column]


def test_planted_senses_are_found_and_equal_vectors_score_as_chance_does():
    scores = sense_scores(planted(), resamples=200)
    assert list(scores["measure"].unique()) == [
        "knn",
        "centroid",
        "silhouette",
        "ari",
        "v_measure",
        "purity",
    ]
    for measure in ("knn", "centroid", "ari", "v_measure", "purity"):
        assert at(scores, 2, measure) == at(scores, 2, measure, "low") == 1
    pairs = sum(size * (size - 1) for size in (40, 30, 20)) / (90 * 89)
    assert at(scores, 0, "knn") == pytest.approx(pairs)
    assert at(scores, 0, "centroid") == pytest.approx(1 / 3)
    assert np.isnan(at(scores, 0, "silhouette"))
    assert "identical" in at(scores, 0, "silhouette", "note")
    assert at(scores, 0, "ari") == at(scores, 0, "v_measure") == 0
    assert at(scores, 0, "purity") == pytest.approx(40 / 90)
    assert at(scores, 2, "knn", "layer0") == at(scores, 0, "knn")
    assert (scores["n"] == 90).all()
    assert (scores["senses"] == 3).all()


def test_baselines_are_those_of_chance():
    scores = sense_scores(planted(), resamples=0)
    for measure in ("knn", "centroid", "purity"):
        assert at(scores, 2, measure, "majority") == pytest.approx(40 / 90)
    for measure in ("silhouette", "ari", "v_measure"):
        assert np.isnan(at(scores, 2, measure, "majority"))
    assert abs(at(scores, 2, "ari", "shuffled")) < 0.05
    # Ten shuffles of 90 labels: chance, .36, within four standard errors.
    assert at(scores, 2, "knn", "shuffled") == pytest.approx(0.36, abs=0.08)
    assert scores["low"].isna().all()


def test_shuffled_senses_score_as_chance_does():
    bank = planted((150, 100, 100))
    shuffled = np.random.default_rng(5).permutation(np.array(bank.senses)).tolist()
    scores = sense_scores(bank.with_senses(shuffled), resamples=200)
    assert abs(at(scores, 2, "ari")) < 0.05
    assert at(scores, 2, "knn", "low") < at(scores, 2, "knn", "shuffled") < at(scores, 2, "knn", "high")
    assert at(scores, 2, "silhouette") < 0


def test_leave_one_out_centroids_fall_below_the_majority_where_vectors_say_nothing():
    # Two kinds of vectors, each as frequent in both senses: the item's own centroid is pushed away from it.
    vectors = np.tile(np.eye(2, 8, dtype=np.float32), (40, 1))
    senses = np.repeat(["a", "b"], 40)
    scores = sense_scores(Occurrences.from_vectors(vectors[np.newaxis], senses=senses.tolist()), resamples=0)
    assert at(scores, 0, "centroid") == 0
    # Shuffled labels fall into the same trap in part; never far above the majority.
    assert at(scores, 0, "centroid", "shuffled") < 0.55


@pytest.mark.parametrize("k", [1, 3, 5])
def test_neighbours_agree_with_scikit_learn(k):
    vectors, labels = clouds((60, 40), apart=2, seed=3)
    for metric in ("cosine", "euclidean"):
        nearest = NearestNeighbors(n_neighbors=k, metric=metric).fit(vectors).kneighbors()[1]
        right = (labels[nearest].mean(axis=1) > 0.5) == labels
        assert knn_accuracy(vectors, labels, k, metric=metric) == pytest.approx(right.mean())
    train = KNeighborsClassifier(k, metric="cosine").fit(vectors[:70], labels[:70])
    expected = train.score(vectors[70:], labels[70:])
    found = knn_accuracy(vectors[:70], labels[:70], k, test_vectors=vectors[70:], test_labels=labels[70:])
    assert found == pytest.approx(expected)


def test_neighbours_at_one_distance_share_the_vote_whatever_their_order():
    vectors = np.array([[1, 0], [0, 1], [0, 1], [0, 1], [0, 1]], np.float32)
    for order in ([0, 1, 2, 3, 4], [4, 0, 3, 1, 2]):
        labels = np.array(["a", "a", "b", "b", "b"])[order]
        # The first has one of its four nearest right; the second none of three; the others two of three.
        assert knn_accuracy(vectors[order], labels) == pytest.approx((1 / 4 + 0 + 3 * 2 / 3) / 5)


def test_a_shared_last_place_gives_the_chance_of_the_vote():
    # k = 2 of three at one distance, two of them right: always at least one is, and the vote is then even
    # or won. Chance 1/3 of two right (won), 2/3 of one each (shared): 1/3 + 2/3 · 1/2.
    vectors = np.array([[0, 1], [0, 1], [0, 1], [1, 0]], np.float32)
    tested = knn_accuracy(vectors, ["a", "a", "b", "b"], 2, test_vectors=[[0, 2.0]], test_labels=["a"])
    # 200 seeded draws: four standard errors are .13.
    assert tested == pytest.approx(2 / 3, abs=0.13)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_centroids_agree_with_leaving_each_item_out_in_turn(metric):
    vectors, labels = clouds((20, 12, 8), apart=1.5, seed=2)
    right = []
    for item in range(len(labels)):
        kept = np.arange(len(labels)) != item
        mean = vectors[kept].mean(axis=0)
        centroids = np.array([vectors[kept & (labels == sense)].mean(axis=0) - mean for sense in range(3)])
        own = vectors[item] - mean
        near = (
            centroids @ own / np.linalg.norm(centroids, axis=1)
            if metric == "cosine"
            else -np.linalg.norm(centroids - own, axis=1)
        )
        right.append(near.argmax() == labels[item])
    assert nearest_centroid_accuracy(vectors, labels, metric=metric) == pytest.approx(np.mean(right))


def test_centroids_agree_with_scikit_learn_on_test_items():
    vectors, labels = clouds((60, 40, 30), apart=2, seed=4)
    expected = NearestCentroid().fit(vectors[:80], labels[:80]).score(vectors[80:], labels[80:])
    found = nearest_centroid_accuracy(
        vectors[:80], labels[:80], test_vectors=vectors[80:], test_labels=labels[80:], metric="euclidean"
    )
    assert found == pytest.approx(expected)


def test_silhouettes_agree_with_scikit_learn():
    for apart, offset in ((0, 0), (3, 0), (3, 100)):
        vectors, labels = clouds((30, 20, 1), apart=apart)
        vectors = vectors + np.float32(offset)
        exact = vectors.astype(float)
        # Single precision: cosines near 1 keep three digits of their distance from it.
        tolerance = 1e-5 if not offset else 2e-3
        expected = silhouette_samples(exact, labels, metric="cosine")
        np.testing.assert_allclose(silhouette_values(vectors, labels, 3), expected, atol=tolerance)
        assert silhouette(vectors, labels) == pytest.approx(
            silhouette_score(exact, labels, metric="cosine"), abs=tolerance
        )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_agreement_is_scikit_learns_and_does_not_depend_on_names(pairs):
    senses, clusters = np.array(pairs).T
    found = clustering_agreement(senses, clusters)
    assert found.ari == pytest.approx(adjusted_rand_score(senses, clusters), abs=1e-12)
    assert found.v_measure == pytest.approx(v_measure_score(senses, clusters), abs=1e-9)
    assert clustering_agreement(senses, (clusters + 1) % 4).ari == pytest.approx(found.ari, abs=1e-12)
    assert max(np.bincount(senses)) / len(senses) - 1e-12 <= found.purity <= 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 50))
def test_scores_by_cosine_do_not_depend_on_length_or_order(seed, scale):
    vectors, labels = clouds((12, 9, 5), dimensions=6, apart=2, seed=seed)
    order = np.random.default_rng(seed).permutation(len(labels))
    for measure in (knn_accuracy, silhouette, nearest_centroid_accuracy):
        expected = measure(vectors, labels)
        assert -1 <= expected <= 1
        assert measure(vectors[order] * np.float32(scale), labels[order]) == pytest.approx(expected, abs=2e-5)


def test_kmeans_is_as_good_as_scikit_learns():
    for apart in (1, 3, 8):
        vectors, _ = clouds((80, 60, 40), apart=apart)
        mine = kmeans(vectors, 3)
        theirs = KMeans(3, n_init=10, random_state=0).fit(unit(vectors))
        # Both are local optima.
        assert mine.inertia <= theirs.inertia_ * 1.02
        assert (mine.assign(vectors) == mine.labels).all()


def test_test_occurrences_are_classified_by_the_others():
    train, test = planted((30, 30), seed=0), planted((10, 20), seed=0)
    scores = sense_scores(train, test=test, resamples=100)
    assert scores["measure"].unique().tolist() == ["knn", "centroid"]
    assert at(scores, 2, "knn") == at(scores, 2, "centroid") == 1
    assert (scores["n"] == 30).all()
    assert at(scores, 0, "knn") == pytest.approx(0.5)
    strange = test.with_senses(["another", *test.senses[1:]])
    scores = sense_scores(train, test=strange, resamples=0)
    assert at(scores, 2, "centroid") == pytest.approx(29 / 30)
    assert "1 test occurrences of a sense not in occurrences" in at(scores, 2, "centroid", "note")


def test_several_words_have_their_mean():
    one, two = planted((20, 20), word="bank"), planted((20, 10, 10), word="spring", seed=7)
    both = Occurrences.from_vectors(
        np.concatenate([one.vectors, two.vectors], axis=1),
        senses=[*one.senses, *two.senses],
        word=["bank"] * 40 + ["spring"] * 40,
    )
    scores = sense_scores(both, resamples=100, measures=["knn"])
    assert scores["word"].unique().tolist() == ["bank", "spring", "all"]
    for layer in (0, 1, 2):
        mean = (at(scores, layer, "knn", word="bank") + at(scores, layer, "knn", word="spring")) / 2
        assert at(scores, layer, "knn", word="all") == pytest.approx(mean)
        low, high = (at(scores, layer, "knn", end, word="all") for end in ("low", "high"))
        assert low <= mean <= high
    alone = sense_scores(one, resamples=100, measures=["knn"])
    np.testing.assert_array_equal(
        alone["value"].to_numpy(), scores[scores["word"] == "bank"]["value"].to_numpy()
    )


def test_many_occurrences_are_sampled_and_it_is_said():
    scores = sense_scores(planted((200, 200)), sample=100, resamples=0)
    for measure in ("knn", "ari"):
        assert at(scores, 2, measure, "n") == 100
        assert "sample of 100 of 400" in at(scores, 2, measure, "note")
    for measure in ("centroid", "silhouette"):
        assert at(scores, 2, measure, "n") == 400
    assert at(scores, 2, "knn") == at(scores, 2, "ari") == 1


def test_what_cannot_be_scored_is_left_out_and_counted():
    bank = planted((20, 20))
    vectors = bank.vectors.copy()
    vectors[1, :3] = np.nan
    vectors[2, 3] = 0
    mended = Occurrences.from_vectors(vectors, senses=[None, *bank.senses[1:]])
    scores = sense_scores(mended, resamples=0)
    assert at(scores, 1, "knn", "n") == 37
    assert at(scores, 2, "ari", "n") == 38
    assert "1 vectors NaN or of length 0 left out" in at(scores, 2, "ari", "note")
    assert "1 occurrences without a sense left out" in at(scores, 0, "ari", "note")


def test_a_single_sense_and_a_sense_of_one_are_named():
    bank = planted((5, 1))
    scores = sense_scores(bank, k=3, resamples=0)
    assert at(scores, 2, "knn") == pytest.approx(5 / 6)
    assert at(scores, 2, "centroid") <= 5 / 6
    assert "single occurrence, which is never right" in at(scores, 2, "centroid", "note")
    assert "k = 1" in at(scores, 2, "knn", "note")
    scores = sense_scores(bank.with_senses(["money"] * 6), resamples=0)
    assert scores["value"].isna().all()
    assert (scores["note"] == "undefined: a single sense").all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sense_scores(planted().with_senses(None)), "occurrences have no senses"),
        (lambda: sense_scores(planted().take([0])), "occurrences must hold at least 2"),
        (lambda: sense_scores(planted(), measures=["f1"]), "measures must be among knn"),
        (lambda: sense_scores(planted(), measures=[]), "measures must be some of"),
        (lambda: sense_scores(planted(), test=planted(), measures=["ari"]), "with test, got 'ari'"),
        (lambda: sense_scores(planted(), test=planted(word="spring")), "test must hold some of the words"),
        (lambda: sense_scores(planted(), k=0), "k must be 1 or more"),
        (lambda: sense_scores(planted(), sample=1), "sample must be 2 or more"),
        (lambda: knn_accuracy([[1, 2]], ["a"]), "vectors must hold at least 2"),
        (lambda: knn_accuracy([[1, 2], [np.nan, 1]], ["a", "b"]), "vectors must be finite"),
        (lambda: knn_accuracy([[1, 2], [2, 1]], ["a"]), "labels must have one entry"),
        (lambda: knn_accuracy([[1, 2], [2, 1]], ["a", "b"], metric="manhattan"), "metric must be"),
        (lambda: silhouette([[1, 2], [2, 1]], ["a", "a"]), "at least two groups"),
        (lambda: silhouette([[1, 2], [0, 0]], ["a", "b"]), "vectors must have a length"),
        (lambda: kmeans([[1, 2]], 2), "groups must be 1..1"),
        (lambda: clustering_agreement([1, 2], [1]), "one label for each"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
