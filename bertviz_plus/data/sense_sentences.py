"""Sentences in which a word stands in a known sense: the package's own, CoarseWSD-20's, or a table's."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.word_places import WordFinder

if TYPE_CHECKING:
    import pandas as pd

_BUNDLED = Path(__file__).with_name("senses.jsonl")


class Agreement(NamedTuple):
    """How well two annotators agree on the sentences that both labelled.

    `share` of the sentences with one label, Cohen's `kappa` over all of them (word and sense together make
    the label), and `n`, how many there are.
    """

    share: float
    kappa: float
    n: int

    @classmethod
    def of(cls, pairs: Sequence[tuple[Any, Any]]) -> "Agreement":
        """Compare the first label of each pair with the second.

        Examples
        --------
        >>> Agreement.of([("x", "x"), ("x", "x"), ("y", "y"), ("y", "x")])
        Agreement(share=0.75, kappa=0.5, n=4)
        """
        share = sum(first == second for first, second in pairs) / len(pairs)
        firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
        chance = sum(firsts[label] * seconds[label] for label in firsts) / len(pairs) ** 2
        return cls(share, (share - chance) / (1 - chance) if chance < 1 else 1.0, len(pairs))


@dataclass(frozen=True, eq=False)
class SenseSentences:
    """Sentences, where the word stands in each, and in which sense.

    Attributes
    ----------
    texts : tuple of str
    spans : tuple of (int, int)
        Characters of the word in its text, the end excluded.
    senses : tuple of str
    words : tuple of str
        Which word each sentence is about, in its canonical form.
    second : tuple of (str or None), optional
        The label of a second annotator who worked independently; `None` where there is none.
    name : str
        What the data are called.

    Raises
    ------
    ValueError
        Naming the field, for one that is not as long as `texts`, an empty text or a span outside its text.

    Examples
    --------
    >>> sentences = SenseSentences(
    ...     texts=("We sat on the bank.", "The bank lent it."),
    ...     spans=((14, 18), (4, 8)),
    ...     senses=("river", "institution"),
    ...     words=("bank", "bank"),
    ... )
    >>> sentences
    SenseSentences: 2 sentences
      bank: river 1, institution 1
    """

    texts: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    senses: tuple[str, ...]
    words: tuple[str, ...]
    second: tuple[str | None, ...] | None = field(default=None, repr=False)
    name: str = "sentences"

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "name" or value is None:
                continue
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise ValueError(f"{one.name} must be a sequence, got {value!r:.60}")
            items = tuple(tuple(item) for item in value) if one.name == "spans" else tuple(value)
            object.__setattr__(self, one.name, items)
            if len(items) != len(self.texts):
                raise ValueError(
                    f"{one.name} must have one entry for each of the {len(self.texts)} texts, "
                    f"got {len(items)}"
                )
        for place, (text, span) in enumerate(zip(self.texts, self.spans, strict=True)):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"texts[{place}] must be a text that is not empty, got {text!r:.60}")
            if len(span) != 2 or not 0 <= span[0] < span[1] <= len(text):
                raise ValueError(
                    f"spans[{place}] must be (start, end) within the {len(text)} characters of its text, "
                    f"got {span}"
                )
        for name in ("senses", "words"):
            for place, value in enumerate(getattr(self, name)):
                if not isinstance(value, str) or not value:
                    raise ValueError(f"{name}[{place}] must be a name, got {value!r:.60}")

    @property
    def sha256(self) -> str:
        """SHA-256 of the content: texts, spans, senses and words, in their order."""
        rows = zip(self.texts, self.spans, self.senses, self.words, strict=True)
        return hashlib.sha256(
            "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        ).hexdigest()

    def of(self, word: str | Sequence[str]) -> "SenseSentences":
        """Return the sentences of one word, or of several.

        Raises
        ------
        ValueError
            For a word that has none, with those that have.
        """
        if not isinstance(word, Iterable):
            raise wrong_kind("word", "a word or a sequence of words", word, 'sense_sentences("bank")')
        asked = [word] if isinstance(word, str) else list(word)
        there = dict.fromkeys(self.words)
        for one in asked:
            if one not in there:
                raise ValueError(f"word must be one of {', '.join(there)}, got {one!r}")
        return self.take([place for place, one in enumerate(self.words) if one in asked])

    def take(self, places: Iterable[int]) -> "SenseSentences":
        """Return the sentences at some places, in their order."""
        chosen = list(places)

        def picked(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[place] for place in chosen)

        return SenseSentences(
            texts=picked(self.texts),
            spans=picked(self.spans),
            senses=picked(self.senses),
            words=picked(self.words),
            second=picked(self.second) if self.second is not None else None,
            name=self.name,
        )

    def agreement(self) -> Agreement:
        """Compare the two annotators where both have a label.

        Raises
        ------
        ValueError
            Where no sentence has a second label.

        References
        ----------
        Cohen 1960, "A coefficient of agreement for nominal scales".

        Examples
        --------
        >>> SenseSentences(
        ...     ("a bank",) * 4, ((2, 6),) * 4, ("x", "x", "y", "y"), ("bank",) * 4, ("x", "x", "y", "x")
        ... ).agreement()
        Agreement(share=0.75, kappa=0.5, n=4)
        """
        both = [
            ((word, first), (word, second))
            for word, first, second in zip(self.words, self.senses, self.second or (), strict=False)
            if second is not None
        ]
        if not both:
            raise ValueError("agreement needs sentences that were labelled twice, and there are none")
        return Agreement.of(both)

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each sentence: word, sense, text, start, end, and second where there is one."""
        import pandas as pd

        columns: dict[str, Any] = {
            "word": self.words,
            "sense": self.senses,
            "text": self.texts,
            "start": [start for start, _ in self.spans],
            "end": [end for _, end in self.spans],
        }
        return pd.DataFrame(columns | ({"second": self.second} if self.second is not None else {}))

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        name = "" if self.name == "sentences" else f" ({self.name})"
        lines = [f"SenseSentences{name}: {len(self):,} sentence{'' if len(self) == 1 else 's'}"]
        for word in dict.fromkeys(self.words):
            counts = Counter(sense for one, sense in zip(self.words, self.senses, strict=True) if one == word)
            lines.append(f"  {word}: {', '.join(f'{sense} {n}' for sense, n in counts.items())}")
        return "\n".join(lines)

    @classmethod
    def of_pairs(cls, pairs: Iterable[Sequence[str]], word: str) -> "SenseSentences":
        """Find a word in texts whose sense of it is known.

        Parameters
        ----------
        pairs : iterable of (text, sense)
        word : str
            Whole, whatever its case; the first place of several.

        Raises
        ------
        ValueError
            Naming the pair that is none, or whose text lacks the word.

        Examples
        --------
        >>> SenseSentences.of_pairs([("We sat on the bank.", "river")], "bank").spans
        ((14, 18),)
        """
        finder = WordFinder([word])
        texts, spans, senses = [], [], []
        for place, pair in enumerate(pairs):
            if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
                raise ValueError(f"data[{place}] must be a text and its sense, got {pair!r:.60}")
            span, _ = next(finder.find(str(pair[0])), (None, word))
            if span is None:
                raise ValueError(f"data[{place}]: {word!r} does not stand in {pair[0]!r:.60}")
            texts.append(pair[0])
            spans.append(span)
            senses.append(pair[1])
        return cls(tuple(texts), tuple(spans), tuple(senses), (word,) * len(texts), name="pairs")

    @classmethod
    def read_coarsewsd(
        cls, folder: str | os.PathLike[str], split: Literal["train", "test"] = "train"
    ) -> "SenseSentences":
        """Read CoarseWSD-20, or data in its layout.

        A folder for each word, with ``train.data.txt`` (place of the word among the text's tokens, tab,
        tokens), ``train.gold.txt`` (a label for each line), the same of ``test``, and ``classes_map.txt``
        (JSON, from a label to the name of its sense).

        Parameters
        ----------
        folder : path
            The folder with the words' folders, or that of one word.
        split : {"train", "test"}

        Returns
        -------
        SenseSentences
            Texts as they stand in the file; senses under their names.

        Raises
        ------
        FileNotFoundError
            Naming the file that is missing.
        ValueError
            Naming the file and the line that does not fit the layout.

        References
        ----------
        Loureiro et al. 2021, "Analysis and Evaluation of Language Models for Word Sense Disambiguation".
        """
        from bertviz_plus.data.sense_files import read_coarsewsd

        if split not in ("train", "test"):
            raise ValueError(f"split must be 'train' or 'test', got {split!r}")
        return cls(**read_coarsewsd(Path(folder), split))

    @classmethod
    def read_table(
        cls, path: str | os.PathLike[str], word: str | Sequence[str] | None = None
    ) -> "SenseSentences":
        r"""Read lines of ``sentence<TAB>sense``.

        Empty lines are left out. Case does not matter in finding the word; where it stands several times in
        a sentence, the first place is taken.

        Parameters
        ----------
        path : path
            UTF-8.
        word : str or sequence of str, optional
            The word; of several, the first names them all and the others are its further forms, as in
            ``("bank", "banks")``. Without it, the one word that stands in every sentence.

        Returns
        -------
        SenseSentences

        Raises
        ------
        ValueError
            Naming the file and line that does not fit, or that lacks the word; and where no word, or more
            than one, stands in every sentence.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "bank.tsv")
        ...     _ = path.write_text("We sat on the bank.\triver\nMy bank lent it.\tmoney\n")
        ...     SenseSentences.read_table(path)
        SenseSentences (bank.tsv): 2 sentences
          bank: river 1, money 1
        """
        from bertviz_plus.data.sense_files import read_table

        return cls(**read_table(Path(path), word))


def sense_sentences(word: str | Sequence[str] | None = None) -> SenseSentences:
    """Return the sentences that come with the package: ambiguous English words, CC0.

    Parameters
    ----------
    word : str or sequence of str, optional
        Of which words; of all by default.

    Returns
    -------
    SenseSentences

    Raises
    ------
    ValueError
        For a word that is not there, with those that are.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> sentences = bp.sense_sentences("bank")
    >>> set(sentences.words), len(sentences) >= 50
    ({'bank'}, True)
    """
    sentences = _bundled()
    return sentences if word is None else sentences.of(word)


@lru_cache(maxsize=1)
def _bundled() -> SenseSentences:
    from bertviz_plus.data.sense_files import read_jsonl

    return SenseSentences(**read_jsonl(_BUNDLED, "bertviz_plus sense sentences"))
