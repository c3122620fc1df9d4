"""Sentences beside their translations, with their words' links as gold: the package's own."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bertviz_plus.traces.argument_kinds import wrong_kind

if TYPE_CHECKING:
    import pandas as pd

_BUNDLED = Path(__file__).with_name("parallel.jsonl")
_LINK = re.compile(r"(\d+)[-?p](\d+)")
# Written without spaces between words.
_UNSPACED = ("ja", "zh", "th", "lo", "km", "my")
_LEADS = re.compile(r"(\w['’]|^[¿¡(«„“])$")
_FOLLOWS = re.compile(r"[.,;:!?…)»”،؛؟।]+$|-\w|['’]\w|n['’]t$")
_LINKS = ("gold", "first", "second")


@dataclass(frozen=True, eq=False)
class ParallelSentences:
    """Sentences and their translations, cut into words, with gold links.

    Attributes
    ----------
    languages : tuple of (str, str)
        Of each pair, source and target, such as ``("en", "de")``.
    sources, targets : tuple of tuple of str
        The words of each sentence and of its translation.
    gold : tuple of (str or None)
        The true links of each pair in Pharaoh format, by the words' places from 0: ``0-0`` is sure, ``1?2``
        possible; `None` where there are none.
    first, second : tuple of (str or None), optional
        The links of two annotators who worked independently; `gold` settles where they differ.
    ids : tuple of str
        What each pair is called.
    name : str
        What the data are called.

    Raises
    ------
    ValueError
        Naming the field, for one that is not as long as `sources`, a sentence without words, or a link
        beyond the words.

    Examples
    --------
    >>> sentences = ParallelSentences(
    ...     languages=(("en", "de"),),
    ...     sources=(("the", "house"),),
    ...     targets=(("das", "Haus"),),
    ...     gold=("0-0 1-1",),
    ... )
    >>> sentences
    ParallelSentences: 1 pair
      en-de 1, of them with gold 1
    >>> sentences.pairs
    ((('the', 'house'), ('das', 'Haus')),)
    """

    languages: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, ...], ...]
    targets: tuple[tuple[str, ...], ...]
    gold: tuple[str | None, ...]
    first: tuple[str | None, ...] | None = field(default=None, repr=False)
    second: tuple[str | None, ...] | None = field(default=None, repr=False)
    ids: tuple[str, ...] = ()
    name: str = "sentences"

    def __post_init__(self) -> None:
        if not self.ids:
            object.__setattr__(self, "ids", tuple(map(str, range(len(self.sources)))))
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "name" or value is None:
                continue
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise ValueError(f"{one.name} must be a sequence, got {value!r:.60}")
            items = tuple(value)
            if len(items) != len(self.sources):
                raise ValueError(
                    f"{one.name} must have one entry for each of the {len(self.sources)} sources, "
                    f"got {len(items)}"
                )
            if one.name in ("languages", "sources", "targets"):
                items = tuple(_strings(item, f"{one.name}[{place}]") for place, item in enumerate(items))
            object.__setattr__(self, one.name, items)
        for place, pair in enumerate(self.languages):
            if len(pair) != 2 or pair[0] == pair[1]:
                raise ValueError(f"languages[{place}] must be two languages, got {pair}")
        for name in _LINKS:
            for place, links in enumerate(getattr(self, name) or ()):
                if links is not None:
                    _check_links(
                        links, len(self.sources[place]), len(self.targets[place]), f"{name}[{place}]"
                    )

    @property
    def pairs(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """The words of each sentence and of its translation, as `bertviz_plus.alignments` takes them."""
        return tuple(zip(self.sources, self.targets, strict=True))

    @property
    def twice(self) -> "ParallelSentences":
        """The pairs that both annotators have linked."""
        both = zip(self.first or (), self.second or (), strict=False)
        return self.take([place for place, (one, other) in enumerate(both) if None not in (one, other)])

    @property
    def sha256(self) -> str:
        """SHA-256 of the content: languages, words and gold, in their order."""
        rows = zip(self.languages, self.sources, self.targets, self.gold, strict=True)
        return hashlib.sha256(
            "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        ).hexdigest()

    def of(self, languages: str | Sequence[str]) -> "ParallelSentences":
        """Return the pairs whose target is in some languages.

        Parameters
        ----------
        languages : str or sequence of str
            Such as ``"de"`` or ``["de", "fr"]``. The language of the source may stand among them, and
            changes nothing: ``("en", "de")`` are the pairs of English and German.

        Raises
        ------
        ValueError
            For a language that is not there, and where none is a target, with those that are.
        """
        given: Any = languages
        if not isinstance(given, Iterable):
            allowed = "a language or a sequence of languages"
            raise wrong_kind("languages", allowed, given, 'parallel_sentences(["de", "fr"])')
        asked = [languages] if isinstance(languages, str) else list(languages)
        targets = dict.fromkeys(target for _, target in self.languages)
        known = {*targets, *(source for source, _ in self.languages)}
        wrong = next((one for one in asked if one not in known), None)
        if wrong is not None or not any(one in targets for one in asked):
            got = asked if wrong is None else repr(wrong)
            raise ValueError(f"languages must be among {', '.join(targets)}, got {got}")
        return self.take([place for place, (_, target) in enumerate(self.languages) if target in asked])

    def take(self, places: Iterable[int]) -> "ParallelSentences":
        """Return the pairs at some places, in their order."""
        chosen = list(places)
        picked: dict[str, Any] = {
            one.name: tuple(value[place] for place in chosen)
            for one in fields(self)
            if one.name != "name" and (value := getattr(self, one.name)) is not None
        }
        return replace(self, **picked)

    def texts(self, languages: str | Sequence[str] | None = None) -> dict[str, tuple[str, ...]]:
        """Return, for each language, the sentences that are there in all of them.

        Parameters
        ----------
        languages : str or sequence of str, optional
            Which; all by default, the source's first.

        Returns
        -------
        dict of str to tuple of str
            Sentences at one place translate each other. Words stand with spaces between them, but where a
            language has none.

        Raises
        ------
        ValueError
            For a language that is not there.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> texts = bp.parallel_sentences().texts(["en", "de"])
        >>> list(texts), len(texts["en"]) == len(texts["de"])
        (['en', 'de'], True)
        """
        said: dict[tuple[str, ...], dict[str, str]] = {}
        for (own, other), source, target in zip(self.languages, self.sources, self.targets, strict=True):
            one = said.setdefault((own, *source), {own: text_of(source, own)})
            one.setdefault(other, text_of(target, other))
        known = dict.fromkeys([*(own for own, _ in self.languages), *(other for _, other in self.languages)])
        asked = [languages] if isinstance(languages, str) else languages
        wanted = list(known if asked is None else asked)
        wrong = next((one for one in wanted if one not in known), None)
        if wrong is not None:
            raise ValueError(f"languages must be among {', '.join(known)}, got {wrong!r}")
        whole = [one for one in said.values() if all(language in one for language in wanted)]
        return {language: tuple(one[language] for one in whole) for language in wanted}

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each pair: id, source_language, target_language, source, target, gold.

        Source and target are texts; the annotators' links come as well where there are some.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            "id": self.ids,
            "source_language": [source for source, _ in self.languages],
            "target_language": [target for _, target in self.languages],
            "source": [" ".join(words) for words in self.sources],
            "target": [" ".join(words) for words in self.targets],
            "gold": self.gold,
        }
        columns |= {
            name: getattr(self, name) for name in ("first", "second") if getattr(self, name) is not None
        }
        return pd.DataFrame(columns)

    def __len__(self) -> int:
        return len(self.sources)

    def __repr__(self) -> str:
        name = "" if self.name == "sentences" else f" ({self.name})"
        lines = [f"ParallelSentences{name}: {len(self):,} pair{'' if len(self) == 1 else 's'}"]
        counts = Counter(self.languages)
        for pair, n in counts.items():
            gold = sum(
                links is not None for one, links in zip(self.languages, self.gold, strict=True) if one == pair
            )
            lines.append(f"  {'-'.join(pair)} {n}, of them with gold {gold}")
        return "\n".join(lines)


def parallel_sentences(languages: str | Sequence[str] | None = None) -> ParallelSentences:
    """Return the sentences that come with the package: English and translations, with gold links, CC0.

    Two annotators linked the words independently; `bertviz_plus.alignment_agreement` of `first` and
    `second` says how far they agree.

    Parameters
    ----------
    languages : str or sequence of str, optional
        Into which; into all by default.

    Returns
    -------
    ParallelSentences

    Raises
    ------
    ValueError
        For a language that is not there, with those that are.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> german = bp.parallel_sentences("de")
    >>> set(german.languages), len(german) >= 40
    ({('en', 'de')}, True)
    """
    sentences = _bundled()
    return sentences if languages is None else sentences.of(languages)


def read_jsonl(path: Path, name: str) -> ParallelSentences:
    """Read one JSON object a line: id, languages, source, target, gold, and first and second where they are.

    Raises
    ------
    FileNotFoundError, ValueError
        Naming the file, and the line that does not fit.
    """
    rows: list[ParallelSentences] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append(
                ParallelSentences(
                    languages=(row["languages"],),
                    sources=(row["source"],),
                    targets=(row["target"],),
                    gold=(row.get("gold"),),
                    first=(row.get("first"),),
                    second=(row.get("second"),),
                    ids=(str(row["id"]),),
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}, line {number}: a JSON object with id, languages, source, target and gold was "
                f"expected ({type(error).__name__}: {error})"
            ) from error
    if not rows:
        raise ValueError(f"{path} holds no pairs")
    columns = {
        one.name: tuple(getattr(row, one.name)[0] for row in rows)
        for one in fields(rows[0])
        if one.name != "name"
    }
    return ParallelSentences(**columns, name=name)


def text_of(words: Sequence[str], language: str) -> str:
    """Write words as a sentence: with spaces between them, but where the language has none.

    Nor before a full stop, after ``l'`` and ``¿``, and before ``-tu`` and ``n't``.

    Examples
    --------
    >>> text_of(["L'", "eau", "est", "-elle", "là", "?"], "fr"), text_of(["家", "です"], "ja")
    ("L'eau est-elle là?", '家です')
    """
    if language in _UNSPACED:
        return "".join(words)
    text = words[0]
    for before, word in pairwise(words):
        text += word if _LEADS.search(before) or _FOLLOWS.match(word) else f" {word}"
    return text


@lru_cache(maxsize=1)
def _bundled() -> ParallelSentences:
    return read_jsonl(_BUNDLED, "bertviz_plus parallel sentences")


def _strings(value: Any, name: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"{name} must be a list of words, got {value!r:.60}")
    items = tuple(value)
    if not items or not all(isinstance(item, str) and item.strip() for item in items):
        raise ValueError(f"{name} must be words that are not empty, got {items!r:.60}")
    return items


def _check_links(links: Any, n_source: int, n_target: int, name: str) -> None:
    if not isinstance(links, str):
        raise ValueError(f"{name} must be links such as '0-0 1?2', or None, got {links!r:.60}")
    for item in links.split():
        found = _LINK.fullmatch(item)
        if found is None:
            raise ValueError(f"{name} must be links such as '0-0 1?2', got {item!r:.40}")
        if int(found[1]) >= n_source or int(found[2]) >= n_target:
            raise ValueError(
                f"{name} must lie within {n_source} and {n_target} words, which count from 0, got {item!r}"
            )
