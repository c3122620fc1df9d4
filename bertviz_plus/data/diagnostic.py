"""The diagnostics that come with the package: written for it, or made with a seed; CC0."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal, TypeVar
from zlib import crc32

import numpy as np

from bertviz_plus.data.read_diagnostic import read_diagnostic
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.diagnostic import MASK, Diagnostic, Question

Name = Literal["negation", "roles", "agreement", "facts", "ages", "oldest", "kinds", "shared kinds"]
_FILES = {
    "negation": "negation.tsv",
    "roles": "roles.tsv",
    "agreement": "agreement.jsonl",
    "facts": "facts.jsonl",
}
_N = 120
_AGES = (15, 60)
_PEOPLE = ("Anna", "Peter", "Maria", "James", "Sarah", "David", "Laura", "Martin")
# Kinds of living things, and what two of different kinds have in common.
_SHARED = {
    "animal": ("bird", "fish", "insect"),
    "plant": ("tree", "flower"),
    "food": ("fruit", "vegetable"),
}
T = TypeVar("T")


def diagnostic(name: Name, *, seed: int = 0) -> Diagnostic:
    """Return sentences with a blank that come with the package.

    Parameters
    ----------
    name : {"negation", "roles", "agreement", "facts", "ages", "oldest", "kinds", "shared kinds"}
        A shark is, and is not, a fish; which student the professor taught, and the other way round; verbs
        that agree with their subject; facts. Made with a seed, 120 of each: who of two people is older, of
        one step, and who of three is the oldest, of two; what kind two things of one kind are, of one step,
        and in the same words what two things of different kinds are, of two.
    seed : int, default 0
        Of those that are made.

    Returns
    -------
    Diagnostic
        Each word that is asked for is one wordpiece of BERT's and DistilBERT's vocabularies.

    Raises
    ------
    TypeError, ValueError
        For another name, or a seed that is no whole number.

    Examples
    --------
    >>> diagnostic("negation")
    Diagnostic negation: 184 questions, affirmative, negative
    >>> diagnostic("oldest").questions[0].text
    'Anna is 44, James is 34 and David is 43 years old, so the oldest of the three is [MASK].'
    """
    if name not in (*_FILES, *_MADE):
        raise ValueError(f"name must be one of {', '.join((*_FILES, *_MADE))}, got {name!r}")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise wrong_kind("seed", "a whole number", seed, 'diagnostic("ages", seed=0)')
    if name in _FILES:
        return _own(name)
    return Diagnostic(name, tuple(_made(name, seed)))


@cache
def _own(name: str) -> Diagnostic:
    return read_diagnostic(Path(__file__).with_name(_FILES[name]))


def _made(name: str, seed: int) -> Iterator[Question]:
    random = np.random.default_rng([seed, crc32(name.encode())])
    seen: set[Question] = set()
    for number in range(_N):
        question = _MADE[name](random, number)
        while question in seen:
            question = _MADE[name](random, number)
        seen.add(question)
        yield question._replace(item=str(number))


def _ages(random: np.random.Generator, number: int) -> Question:
    """Ask who is older of two: in half of them the first."""
    first, second = sorted(_drawn(random, range(*_AGES), 2), reverse=number % 2 == 0)
    answer, rival = ("older", "younger") if first > second else ("younger", "older")
    text = f"A person who is {first} years old is {MASK} than a person who is {second} years old."
    return Question(text, (answer,), (rival,))


def _oldest(random: np.random.Generator, number: int) -> Question:
    """Ask who is the oldest of three: each as often."""
    ages = sorted(_drawn(random, range(*_AGES), 3))
    people = _drawn(random, _PEOPLE, 3)
    at = number % 3
    ages.insert(at, ages.pop())
    said = [f"{person} is {age}" for person, age in zip(people, ages, strict=True)]
    text = f"{said[0]}, {said[1]} and {said[2]} years old, so the oldest of the three is {MASK}."
    return Question(text, (people[at],), tuple(one for place, one in enumerate(people) if place != at))


@cache
def _subjects() -> dict[str, list[str]]:
    kinds = {kind for every in _SHARED.values() for kind in every}
    end = f" is a kind of {MASK}."
    # A zucchini is a vegetable, and to a botanist a fruit.
    facts = [one for one in _own("facts").questions if one.kind == "kind" and not kinds & {*one.others}]
    found: dict[str, list[str]] = {}
    for one in facts:
        found.setdefault(one.answers[0], []).append(one.text.removesuffix(end))
    return found


def _kind(random: np.random.Generator, number: int) -> Question:
    """Ask what kind two things of one kind are, among that and two other kinds."""
    group, pair, at = _asked_pair(number)
    apart = [kind for other, kinds in _SHARED.items() if other != group for kind in kinds]
    (rival,) = _drawn(random, apart, 1)
    return Question(_both(*_drawn(random, _subjects()[pair[at]], 2)), (pair[at],), (pair[1 - at], rival))


def _shared_kind(random: np.random.Generator, number: int) -> Question:
    """Ask what two things of different kinds both are, among that and the two kinds."""
    group, pair, at = _asked_pair(number)
    first, second = (_drawn(random, _subjects()[kind], 1)[0] for kind in (pair[at], pair[1 - at]))
    return Question(_both(first, second), (group,), pair)


def _asked_pair(number: int) -> tuple[str, tuple[str, str], int]:
    """Return the group of a question, each as often, a pair of its kinds, and which of them comes first."""
    groups = list(_SHARED)
    group = groups[number % len(groups)]
    pairs = list(combinations(_SHARED[group], 2))
    return group, pairs[number // len(groups) % len(pairs)], number // len(groups) // len(pairs) % 2


def _both(first: str, second: str) -> str:
    return f"{first} and {second[0].lower()}{second[1:]} are both a kind of {MASK}."


def _drawn(random: np.random.Generator, values: Sequence[T], n: int) -> list[T]:
    return [values[place] for place in random.choice(len(values), n, replace=False)]


_MADE: dict[str, Callable[[np.random.Generator, int], Question]] = {
    "ages": _ages,
    "oldest": _oldest,
    "kinds": _kind,
    "shared kinds": _shared_kind,
}
