"""What the findings about layers are tried on: labels and trees in the middle layer, or nowhere."""

import numpy as np

import bertviz_plus as bp
from bertviz_plus.traces.parse import Parse
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.probe_task import ProbeTask
from bertviz_plus.traces.word_vectors import WordVectors


def trees(signal, *, n=40, layers=5, seed=0, words=7):
    """Random trees whose distances are those of the vectors of the middle layer."""
    random = np.random.default_rng(seed)
    parses, blocks = [], []
    for _ in range(n):
        heads, order = np.full(words, -1), random.permutation(words)
        for at in range(1, words):
            heads[order[at]] = order[random.integers(at)]
        own = random.normal(size=(layers, words, words))
        # Each edge is a direction of its own: words lie as many steps apart as in the tree.
        path = np.zeros((words, words))
        for word in order:
            if heads[word] >= 0:
                path[word] = path[heads[word]]
                path[word, word] = 1
        own[layers // 2] += (4 * path - own[layers // 2]) * signal
        parses.append(Parse(tuple(f"w{one}" for one in range(words)), tuple(heads.tolist())))
        blocks.append(own)
    sentences = [one.words for one in parses]
    return Parses(tuple(parses)), WordVectors.from_vectors(np.concatenate(blocks, axis=1), sentences)


def labelled(signal, *, n=60, layers=5, at=None, seed=0, name="label", kinds=2):
    """A task of two words a text, whose label lies in some layers: the middle one by default."""
    random = np.random.default_rng(seed)
    texts = [f"{number}a {number}b" for number in range(n)]
    items = [
        (text, span, str(random.integers(kinds)))
        for text in texts
        for span in ((0, text.index(" ")), (text.index(" ") + 1, len(text)))
    ]
    task = ProbeTask.of(items, name=name)
    vectors = random.normal(size=(layers, len(items), 16))
    places = [layers // 2] if at is None else at
    vectors[places, :, 0] += signal * (2 * np.array(task.labels, float) - 1)
    return task, WordVectors.from_vectors(vectors, [words.split() for words in texts])


def tasks(signal, **changes):
    task, vectors = labelled(signal, **changes)
    return [task], vectors


def sides(signal, *, seed=0, n=60, layers=5, **changes):
    """A semantic task in all layers but the first, a syntactic one in a single layer."""
    everywhere = list(range(1, layers))
    own = {
        "semantic": labelled(signal, at=everywhere, seed=seed, n=n, layers=layers, **changes),
        "syntactic": labelled(signal * 2, seed=seed + 100, n=n, layers=layers, **changes),
    }
    return {side: one[0] for side, one in own.items()}, {side: one[1] for side, one in own.items()}


def some_trees(n=24):
    return bp.treebank().take(range(n))


def some_tasks():
    return [ProbeTask.from_parses(some_trees(), "number")]


def both_sides():
    parses = some_trees()
    return {
        "semantic": ProbeTask.from_parses(parses, "number"),
        "syntactic": ProbeTask.from_parses(parses, "pos"),
    }
