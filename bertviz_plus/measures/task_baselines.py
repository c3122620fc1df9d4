"""How well a task is solved without a model: by its most frequent label, and by a bag of words."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.data.examples import Examples
from bertviz_plus.data.task import Task
from bertviz_plus.measures.intervals import bootstrap_interval
from bertviz_plus.traces.argument_kinds import wrong_kind

if TYPE_CHECKING:
    import pandas as pd

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def task_baselines(
    task: Task, examples: Examples | None = None, *, resamples: int = 1000, seed: int = 0
) -> "pd.DataFrame":
    """Score the baselines that any model of a task should beat.

    One is the most frequent label of the training set. The other is a bag of words: logistic regression (L2,
    C = 1) on counts of words and of two words in a row, in lower case. For pairs, each text has its
    own counts, and a third baseline reads the second text alone: where it beats the most frequent label, the
    second texts give the labels away. For words to tag, the counts are those of the word, of the one before
    and of the one after. Words that the training set does not have count for nothing.

    Parameters
    ----------
    task : Task
        Its training set is what the baselines learn from.
    examples : Examples, optional
        What to score them on; ``task.test`` where it is not given.
    resamples : int, default 1000
        Bootstrap resamples of `examples`; those of one group, or the words of one sentence, are drawn
        together.
    seed : int, default 0

    Returns
    -------
    DataFrame
        Indexed by baseline: accuracy, low and high (the 95% interval), and n, how many labels were scored.

    Raises
    ------
    TypeError, ValueError
        For what is no task, and for examples of another kind.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> scores = task_baselines(bp.tasks["topic"], resamples=100)
    >>> list(scores.index), list(scores)
    (['most frequent label', 'bag of words'], ['accuracy', 'low', 'high', 'n'])
    >>> bool(scores.accuracy["most frequent label"] < scores.accuracy["bag of words"])
    True
    """
    import pandas as pd

    if not isinstance(task, Task):
        raise wrong_kind("task", "a Task", task, 'task_baselines(bp.tasks["sentiment"])')
    on = task.test if examples is None else examples
    if on.kind != task.kind:
        raise ValueError(f"examples must hold {task.kind}, as the task does, got {on.kind}")
    sources = drawn_with(on)
    rows = {}
    for name, right in baselines_right(task, on).items():
        low, high = bootstrap_interval(right, sources, resamples=resamples, seed=seed)
        rows[name] = {"accuracy": float(right.mean()), "low": low, "high": high, "n": len(right)}
    return pd.DataFrame.from_dict(rows, orient="index")


def baselines_right(task: Task, on: Examples) -> dict[str, NDArray[np.bool_]]:
    """Return whether each baseline gives each label rightly, by the baseline's name, ``[labels]``.

    Of words, labels of all sentences in one row, without those that are None.
    """
    gold = np.array([label for label in on.flat_labels if label is not None])
    most = Counter(label for label in task.train.flat_labels if label is not None).most_common(1)[0][0]
    answers: dict[str, Any] = {
        "most frequent label": [most] * len(gold),
        "bag of words": _answers(task.train, on, second_alone=False),
    }
    if task.kind == "pairs":
        answers["second text alone"] = _answers(task.train, on, second_alone=True)
    return {name: np.asarray(given) == gold for name, given in answers.items()}


def _answers(train: Examples, on: Examples, *, second_alone: bool) -> NDArray[Any]:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    known = [label for label in train.flat_labels if label is not None]
    count = CountVectorizer(analyzer=list)
    bags = count.fit_transform(_features(train, second_alone))
    classifier = LogisticRegression(C=1.0, max_iter=1000).fit(bags, known)
    answers: NDArray[Any] = classifier.predict(count.transform(_features(on, second_alone)))
    return answers


def _features(examples: Examples, second_alone: bool) -> Iterator[list[str]]:
    """Give what counts for each label."""
    for place, text in enumerate(examples.texts):
        if not isinstance(text, str):
            padded = ["", *(word.casefold() for word in text), ""]
            for at, label in enumerate(examples.labels[place]):
                if label is not None:
                    yield [
                        f"{name} {padded[at + step]}" for step, name in enumerate(("before", "word", "after"))
                    ]
        elif examples.text_pairs is None:
            yield _grams(text)
        else:
            second = [f"second {gram}" for gram in _grams(examples.text_pairs[place])]
            yield second if second_alone else [*(f"first {gram}" for gram in _grams(text)), *second]


def _grams(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    return words + [" ".join(pair) for pair in pairwise(words)]


def drawn_with(examples: Examples) -> NDArray[np.intp]:
    """Return what each label was drawn with, ``[labels]``: its group, or its text."""
    groups = range(len(examples)) if examples.groups is None else examples.groups
    if examples.kind != "words":
        return np.asarray(groups)
    counts = [sum(label is not None for label in labels) for labels in examples.labels]
    return np.repeat(groups, counts)
