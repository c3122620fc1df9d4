"""Random trees, and heads that follow what they are told of them."""

from collections.abc import Callable

import numpy as np

from bertviz_plus import Parse, Parses, ParsesRead

LENGTH = 8
RELATIONS = ("det", "obj", "amod")


def random_tree(n: int, random: np.random.Generator) -> np.ndarray:
    """Heads of a tree in which each word hangs on one that comes before it in a random order."""
    order, heads = random.permutation(n), np.full(n, -1)
    for place in range(1, n):
        heads[order[place]] = order[random.integers(place)]
    return heads


def parses(n: int = 60, seed: int = 0) -> Parses:
    """Random trees, whose heads are at no fixed offset."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(n):
        heads = random_tree(LENGTH, random)
        relations = [str(random.choice(RELATIONS)) if head >= 0 else "root" for head in heads]
        made.append(Parse([f"w{place}" for place in range(LENGTH)], heads, relations, id=str(number)))
    return Parses(made)


def heard(
    given: Parses,
    head_of: Callable[[Parse, int, int], int],
    *,
    layers: int = 2,
    heads: int = 3,
    whole: int | None = None,
    seed: int = 0,
) -> ParsesRead:
    """Heads that attend at random, but where `head_of` names a word. The trees are random ones too, and those
    of the head `whole` of layer 0 the gold ones.
    """
    random = np.random.default_rng(seed)
    shape = (layers, heads, given.n_words)
    attended, attended_by = random.integers(LENGTH, size=(2, *shape))
    trees = np.broadcast_to([head for one in given for head in random_tree(len(one), random)], shape).copy()
    if whole is not None:
        trees[0, whole] = [head for one in given for head in one.heads]
    words = [(parse, place) for parse in given for place in range(len(parse))]
    for layer, head in np.ndindex(shape[:2]):
        for number, (parse, place) in enumerate(words):
            if (found := head_of(parse, place, layer * heads + head)) >= 0:
                attended[layer, head, number] = found
    return ParsesRead(given, trees, trees[:, 0], attended, attended_by)


def knows_nothing(parse: Parse, place: int, head: int) -> int:
    return -1


def follows(parse: Parse, place: int, head: int) -> int:
    """The first heads follow a relation each."""
    own = head < len(RELATIONS) and parse.relations[place] == RELATIONS[head]
    return parse.heads[place] if own else -1
