import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.measures.syntax.trees import maximum_spanning_trees
from bertviz_plus.traces.parse import ROOT, tree_fault


def total(weights: np.ndarray, heads: np.ndarray) -> float:
    words = np.flatnonzero(heads != ROOT)
    return float(weights[words, heads[words]].sum())


def oracle(weights: np.ndarray, root: int) -> float:
    """The weight of networkx's maximum spanning arborescence, with no arc into the root."""
    graph = nx.DiGraph()
    n = len(weights)
    graph.add_nodes_from(range(n))
    for word, head in np.argwhere(~np.eye(n, dtype=bool)).tolist():
        if word != root:
            graph.add_edge(head, word, weight=weights[word, head])
    return float(nx.maximum_spanning_arborescence(graph).size(weight="weight"))


def random_graph(seed: int) -> tuple[np.ndarray, int]:
    """Continuous weights, attention's, or few different ones, so that many trees are equally good."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 11))
    weights = (
        random.normal(size=(n, n)),
        random.dirichlet(np.full(n, 0.2), size=n),
        random.integers(0, 3, size=(n, n)).astype(float),
    )[seed % 3]
    return weights, int(random.integers(n))


@pytest.mark.parametrize("part", range(4))
def test_trees_weigh_as_much_as_networkx_finds_on_a_thousand_random_graphs(part: int) -> None:
    for seed in range(250 * part, 250 * (part + 1)):
        weights, root = random_graph(seed)
        heads = maximum_spanning_trees(weights, root)
        assert tree_fault(heads.tolist()) is None
        assert heads[root] == ROOT
        # Sums in another order.
        assert total(weights, heads) == pytest.approx(oracle(weights, root), abs=1e-9), seed


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_graphs_that_are_taken_together_have_the_trees_that_each_has_alone(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    weights, root = random.random((2, 3, n, n)), int(random.integers(n))
    together = maximum_spanning_trees(weights, root)
    assert together.shape == (2, 3, n)
    alone = [[maximum_spanning_trees(one, root) for one in row] for row in weights]
    assert np.array_equal(together, alone)


def test_neither_the_diagonal_nor_the_arcs_into_the_root_matter() -> None:
    random = np.random.default_rng(0)
    weights = random.random((50, 9, 9))
    other = weights.copy()
    other[:, np.arange(9), np.arange(9)] = np.nan
    other[:, 4] = random.random((50, 9))
    assert np.array_equal(maximum_spanning_trees(weights, 4), maximum_spanning_trees(other, 4))


def test_a_circle_of_mutual_attention_is_broken_where_it_costs_least() -> None:
    weights = np.array([[0, 0.9, 0.1, 0.0], [0.8, 0, 0.0, 0.2], [0, 0, 0, 0], [0, 0, 1.0, 0]])
    # 0 and 1 ask for each other. Either 1 goes to 3 (0.2 for 0.8), or 0 to 2 (0.1 for 0.9).
    assert maximum_spanning_trees(weights, root=2).tolist() == [1, 3, -1, 2]


def test_a_single_word_is_its_root() -> None:
    assert maximum_spanning_trees(np.zeros((5, 1, 1)), 0).tolist() == [[-1]] * 5


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"weights must have the shape \[\.\.\., words, words\], got \[2, 3\]"
    ):
        maximum_spanning_trees(np.zeros((2, 3)), 0)
    with pytest.raises(ValueError, match="weights must be finite"):
        maximum_spanning_trees([[0, np.nan], [1, 0]], 0)
    with pytest.raises(ValueError, match=r"root must be 0\.\.1, a word's place, got 2"):
        maximum_spanning_trees(np.zeros((2, 2)), 2)
