"""A task to fine-tune on: examples to train, choose and test with."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bertviz_plus.data.examples import Examples, Row
from bertviz_plus.data.splits import draw_splits
from bertviz_plus.data.task_files import read_rows
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.probe_task import word_labels

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("train", "dev", "test")
# Of data that come without splits, and of a training set that comes without a dev set.
_SHARES = {"train": 0.6, "dev": 0.15, "test": 0.25}
_SHARES_WITH_TEST = {"train": 0.9, "dev": 0.1}


@dataclass(frozen=True, eq=False)
class Task:
    """Examples to train on, to choose with and to test on.

    Frozen, compared by identity. Texts, pairs of texts, or words, each with a label; the bundled ones are in
    `bp.tasks`.

    Attributes
    ----------
    name : str
    train, dev, test : Examples
    other_languages : mapping of str to Examples
        Test sets in languages that `train` does not have.
    label_names : tuple of str
        In the order that numbers them; alphabetical where it is not given.
    allow_overlap : bool, default False
        Keep examples of `dev` and the test sets that `train` has too, which makes scores too high.

    Raises
    ------
    ValueError
        For a training set of a single label, labels in a test set that the training set does not have,
        sets of different kinds, and a set that shares examples with `train`.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = pd.DataFrame({"said": [f"{word} number {n}" for word in ("good", "bad") for n in range(20)],
    ...                       "meant": ["good"] * 20 + ["bad"] * 20})
    >>> Task.from_frame(texts, text="said", label="meant", name="plain")
    Task plain: classify texts as bad, good; 24 to train on, 6 to choose with, 10 to test on
    """

    name: str
    train: Examples
    dev: Examples
    test: Examples
    other_languages: Mapping[str, Examples] = field(default_factory=dict)
    label_names: tuple[str, ...] = ()
    allow_overlap: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "other_languages", MappingProxyType(dict(self.other_languages)))
        object.__setattr__(self, "label_names", tuple(self.label_names) or self.train.label_names)
        if len(self.train.label_names) < 2:
            alone = ", ".join(self.train.label_names) or "none"
            raise ValueError(f"train must hold two labels at least, got {alone} alone")
        for name, examples in self.sets.items():
            if examples.kind != self.kind:
                raise ValueError(f"{name} must hold {self.kind}, as train does, got {examples.kind}")
            if unknown := [label for label in examples.label_names if label not in self.label_names]:
                raise ValueError(
                    f"{name} has the label {unknown[0]!r}; those of the task are "
                    f"{', '.join(self.label_names)}"
                )
            if name != "train" and not self.allow_overlap:
                self._refuse_shared(name, examples)

    def _refuse_shared(self, name: str, examples: Examples) -> None:
        trained = set(self.train.content)
        shared = [place for place, said in enumerate(examples.content) if said in trained]
        if shared:
            text = examples.texts[shared[0]]
            raise ValueError(
                f"{name} shares {len(shared)} of its {len(examples)} examples with train, the first "
                f"{text if isinstance(text, str) else ' '.join(text)!r:.80}, which makes scores too high; "
                "take them out, or pass allow_overlap=True"
            )

    @property
    def kind(self) -> str:
        """What is labelled: ``"texts"``, ``"pairs"`` or ``"words"``."""
        return self.train.kind

    @property
    def sets(self) -> dict[str, Examples]:
        """All sets by their names: train, dev, test, and a language each for the others."""
        return {"train": self.train, "dev": self.dev, "test": self.test, **self.other_languages}

    def with_first(self, n: int) -> "Task":
        """Return the task with fewer examples to train on: the first of each label, about `n` in all.

        Of words, the first `n` sentences.

        Examples
        --------
        >>> from bertviz_plus.data.tasks import tasks
        >>> tasks["topic"].with_first(60).train
        Examples: 60 texts (food 10, health 10, money 10, music 10, sport 10, travel 10)
        """
        if n >= len(self.train):
            return self
        seen: dict[Any, int] = {}
        kept = []
        for place, label in enumerate(self.train.labels):
            kind = label if isinstance(label, str) else None
            seen[kind] = seen.get(kind, 0) + 1
            if seen[kind] <= max(1, n // (len(self.label_names) if kind else 1)):
                kept.append(place)
        return replace(self, train=self.train.take(kept))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of all sets, those of the training set first."""
        known = (language for examples in self.sets.values() for language in examples.languages or ())
        return tuple(dict.fromkeys(language for language in known if language is not None))

    @property
    def sha256(self) -> str:
        """SHA-256 of what all sets say and of their labels, in their order."""
        digest = hashlib.sha256()
        for name, examples in self.sets.items():
            digest.update(repr((name, examples.texts, examples.text_pairs, examples.labels)).encode())
        return digest.hexdigest()

    @classmethod
    def from_frame(
        cls,
        frame: "pd.DataFrame",
        *,
        text: str,
        label: str,
        text_pair: str | None = None,
        split: str | None = None,
        language: str | None = None,
        group: str | None = None,
        name: str = "task",
        seed: int = 0,
        allow_overlap: bool = False,
    ) -> "Task":
        """Take a task from a table.

        Parameters
        ----------
        frame : DataFrame
            A row for each example.
        text, label : str
            The columns of texts and labels; or of lists of words and lists of their labels, to tag words.
        text_pair : str, optional
            The column of second texts.
        split : str, optional
            The column that says ``"train"``, ``"dev"`` or ``"test"``. Without it the rows are divided by
            `seed`: 60, 15 and 25 of a hundred of each label; equal texts, or those of one group, stay
            together.
        language : str, optional
            The column of languages. Test rows in a language that no training row has become a test set of
            their own, in `other_languages`; dev rows in such a language are left out.
        group : str, optional
            The column of groups: whole numbers that examples share which are not independent.
        name : str, default "task"
        seed : int, default 0
        allow_overlap : bool, default False

        Raises
        ------
        TypeError, ValueError
            For a column that is not there, a row without a text or a label, and what `Task` refuses.
        """
        import pandas as pd

        if not isinstance(frame, pd.DataFrame):
            raise TypeError(f"frame must be a DataFrame, got {type(frame).__name__}")
        columns = {"text": text, "label": label, "text_pair": text_pair}
        columns |= {"split": split, "language": language, "group": group}
        for argument, column in columns.items():
            if column is not None and column not in frame.columns:
                there = ", ".join(map(str, frame.columns))
                raise ValueError(f"{argument} must be a column of frame, which has {there}; got {column!r}")
        given = {argument: list(frame[column]) for argument, column in columns.items() if column is not None}
        splits = given.pop("split", None)
        rows = [
            Row(f"row {index!r}", **dict(zip(given, values, strict=True)))
            for index, values in zip(frame.index, zip(*given.values(), strict=True), strict=True)
        ]
        return cls._of_rows(rows, splits, name=name, seed=seed, allow_overlap=allow_overlap)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        layout: str | None = None,
        *,
        name: str | None = None,
        language: str = "en",
        seed: int = 0,
        allow_overlap: bool = False,
    ) -> "Task":
        """Read a task from files.

        Parameters
        ----------
        path : str or Path
            A file of the layout ``"jsonl"``, or a folder of the others.
        layout : {"jsonl", "glue", "xnli"}, optional
            Recognised where it is not given.

            ``"jsonl"``: a JSON object a line, with text, label, and where there are any text_pair, split,
            language and group; text and label can be lists, to tag words.

            ``"glue"``: ``train.tsv`` and ``dev.tsv`` (``dev_matched.tsv``) of GLUE's classification tasks.
            The labels of GLUE's own test set are not public: `test` is its dev set, and `dev` a seeded tenth
            of its training set.

            ``"xnli"``: ``xnli.dev.tsv`` and ``xnli.test.tsv`` with ``multinli.train.xx.tsv`` of the language
            to train on, here or in ``multinli``. The test rows of each other language are in
            `other_languages`. Of both layouts, lines with the label ``-`` are left out: annotators did not
            agree there.
        name : str, optional
            The file's or folder's name where it is not given.
        language : str, default "en"
            Of the layout XNLI: the language to train on.
        seed : int, default 0
            Divides what comes without splits.
        allow_overlap : bool, default False

        Raises
        ------
        FileNotFoundError, ValueError
            Naming the file, and the line that does not fit.

        References
        ----------
        Wang et al. 2018, "GLUE: A Multi-Task Benchmark and Analysis Platform for Natural Language
        Understanding"; Conneau et al. 2018, "XNLI: Evaluating Cross-lingual Sentence Representations".
        """
        place = Path(path)
        rows, splits = read_rows(place, layout, language)
        return cls._of_rows(rows, splits, name=name or place.stem, seed=seed, allow_overlap=allow_overlap)

    @classmethod
    def from_parses(cls, parses: Parses, name: str = "pos", *, seed: int = 0) -> "Task":
        """Tag the words of parsed sentences.

        Parameters
        ----------
        parses : Parses
        name : {"pos", "dependency", "number", "tense"}, default "pos"
            See `ProbeTask.from_parses`; a word without such a label has None.
        seed : int, default 0
            Divides the sentences into 60, 15 and 25 of a hundred.
        """
        every = zip(parses, word_labels(parses, name), strict=True)
        rows = [Row(f"sentence {place}", one.words, labels) for place, (one, labels) in enumerate(every)]
        return cls._of_rows(rows, None, name=name, seed=seed)

    @classmethod
    def _of_rows(
        cls,
        rows: Sequence[Row],
        splits: Sequence[str] | None,
        *,
        name: str,
        seed: int,
        allow_overlap: bool = False,
    ) -> "Task":
        if not rows:
            raise ValueError(f"task {name!r} must hold one example at least, got none")
        examples = Examples.of(rows)
        if splits is None:
            splits = draw_splits(examples, _SHARES, seed)
        for row, split in zip(rows, splits, strict=True):
            if split not in SPLITS:
                raise ValueError(f"{row.place}: the split must be one of {', '.join(SPLITS)}, got {split!r}")
        if "dev" not in splits:
            trained = [place for place, split in enumerate(splits) if split == "train"]
            drawn = draw_splits(examples.take(trained), _SHARES_WITH_TEST, seed) if trained else []
            splits = list(splits)
            for place, split in zip(trained, drawn, strict=True):
                splits[place] = split
        trained_in = {row.language for row, split in zip(rows, splits, strict=True) if split == "train"}
        places: dict[str, list[int]] = {split: [] for split in SPLITS}
        others: dict[str, list[int]] = {}
        for place, (row, split) in enumerate(zip(rows, splits, strict=True)):
            if row.language is None or row.language in trained_in:
                places[split].append(place)
            elif split == "test":
                others.setdefault(row.language, []).append(place)
        for split in SPLITS:
            if not places[split]:
                raise ValueError(f"task {name!r} must hold one example at least in {split}, got none")
        return cls(
            name,
            train=examples.take(places["train"]),
            dev=examples.take(places["dev"]),
            test=examples.take(places["test"]),
            other_languages={language: examples.take(own) for language, own in others.items()},
            allow_overlap=allow_overlap,
        )

    def __repr__(self) -> str:
        verb = {"texts": "classify texts", "pairs": "classify pairs of texts", "words": "tag words"}[
            self.kind
        ]
        sets = ", ".join(
            f"{len(examples):,} to {use}"
            for examples, use in zip(
                (self.train, self.dev, self.test), ("train on", "choose with", "test on"), strict=True
            )
        )
        also = "".join(
            f", {len(examples):,} in {language}" for language, examples in self.other_languages.items()
        )
        return f"Task {self.name}: {verb} as {', '.join(self.label_names)}; {sets}{also}"
