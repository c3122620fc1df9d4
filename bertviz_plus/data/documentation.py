"""English prose that every installation has: the documentation of the packages that this one needs."""

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from textwrap import dedent

from bertviz_plus.traces.progress import tqdm

# By the name that each is imported by, and that it is installed by.
PACKAGES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "pandas": "pandas"}
_NOT_ITS_OWN = {
    "tests",
    "_testing",
    "testing",
    "externals",
    "_vendored",
    "array_api_compat",
    "array_api_extra",
}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

_UNDERLINE = re.compile(r"^\s*([-=~^\"*+#])\1{2,}\s*$")
# Sections whose items are headed by names and types; what stands under a head is prose.
_LISTS = frozenset(
    {"parameters", "other parameters", "returns", "yields", "receives", "raises", "warns", "attributes"}
)
_PROSE = frozenset({"", "notes", "discussion", "description"})
_MARKED = re.compile(r"^(\w[\w ,*]*\s:(\s|$)|:\w+[^:]*:\s|\.\. |>>>|\.\.\.|[|+]|[-*•] |\d+[.)] |\[\d+\]|@)")
_MARKUP = (
    (re.compile(r":[\w:+-]+:`~?(?:[^`<]*\.)?([^`<.]+?)(?:\s*<[^>]*>)?`"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<[^>]*>`__?"), r"\1"),
    (re.compile(r"``([^`]*)``"), r"\1"),
    (re.compile(r"`([^`]*)`_{0,2}"), r"\1"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)"), r"\1"),
    # What a citation is a part of is no sentence without it.
    (re.compile(r"\b(in|on|from|by|of|see|and|to|with|as|than|for) \[[\w-]+\]_"), "§"),
    (re.compile(r"\s*\[[\w-]+\]_"), ""),
    (re.compile(r"\s+"), " "),
)
_MATH = re.compile(r":math:`[^`]*`")
_ENDS = re.compile(r"(?<=[A-Za-z0-9)'\"][.!?])\s+(?=[A-Z])")
_ABBREVIATED = re.compile(
    r"\b(e\.g|i\.e|et al|cf|vs|resp|etc|approx|Fig|Eq|Sec|Ref|Chap|No|Vol|pp?|Dr|St)\.$"
)
_SENTENCE = re.compile(r"^[A-Z][A-Za-z0-9 ,;:.'’\"()/?!-]*[A-Za-z0-9)'\"][.!?]$")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*[,;:]?")
_FEWEST_WORDS, _MOST_WORDS = 5, 45
# What is left of a sentence that is mostly names and numbers is no prose.
_WORDS_AMONG_PIECES = 0.85


@dataclass(frozen=True, eq=False)
class Documentation:
    """Sentences of packages' documentation, each once, in an order that the packages' versions settle.

    Attributes
    ----------
    texts : tuple of str
    packages : tuple of str
        Which package each is from.
    versions : dict of str to str
        The packages that were read, and their versions.
    """

    texts: tuple[str, ...]
    packages: tuple[str, ...]
    versions: dict[str, str]

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        read = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return f"Documentation: {len(self):,} sentences of {read}"


@lru_cache
def documentation(packages: tuple[str, ...] = tuple(PACKAGES)) -> Documentation:
    """Read the sentences of packages' documentation strings from their installed source.

    Code, tables, formulas, signatures, references, and the names and types of parameters are left out, and so
    is each sentence that stands there a second time. No package is imported.

    Parameters
    ----------
    packages : tuple of str, default all four
        Of ``"numpy"``, ``"scipy"``, ``"sklearn"`` and ``"pandas"``.

    Returns
    -------
    Documentation

    Raises
    ------
    ValueError
        For a package of another name.

    Examples
    --------
    >>> read = documentation(("numpy",))
    >>> len(read) > 1000, all(text.endswith((".", "!", "?")) for text in read.texts)
    (True, True)
    """
    for name in packages:
        if name not in PACKAGES:
            raise ValueError(f"packages must be of {', '.join(PACKAGES)}, got {name!r}")
    found: dict[str, str] = {}
    with tqdm(packages, desc="Documentation", unit=" packages", delay=1, leave=False) as bar:
        for package in bar:
            for path in _sources(package):
                for text in _documented(path):
                    for sentence in prose(text):
                        found.setdefault(sentence, package)
    versions = {PACKAGES[name]: version(PACKAGES[name]) for name in packages}
    return Documentation(tuple(found), tuple(found.values()), versions)


def _sources(package: str) -> list[Path]:
    spec = find_spec(package)
    folders = [Path(one) for one in (spec.submodule_search_locations or ())] if spec else []
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*.py")
        if not _NOT_ITS_OWN & set(path.relative_to(folder).parts) and "conftest" not in path.name
    )


def _documented(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, _DOCUMENTED):
            text = ast.get_docstring(node, clean=True)
            if text:
                yield text


def prose(text: str) -> list[str]:
    """Return the sentences of a documentation string.

    Parameters
    ----------
    text : str
        As reStructuredText, with sections as numpydoc heads them.

    Returns
    -------
    list of str

    Examples
    --------
    >>> prose('''Return the *mean* of the values.
    ...
    ... It is their ``sum``, divided by their number [1]_::
    ...
    ...     mean(x)
    ...
    ... Parameters
    ... ----------
    ... x : array
    ...     The values, in whatever order they come.
    ... ''')
    ['Return the mean of the values.', 'The values, in whatever order they come.']
    """
    return [
        sentence
        for paragraph in _paragraphs(inspect.cleandoc(text).splitlines())
        for sentence in _sentences(_plain(paragraph))
        if _is_prose(sentence)
    ]


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Give the paragraphs at the margin of prose sections, and under the heads of lists."""
    section, block = "", list[str]()
    for place, line in enumerate([*lines, "", ""]):
        under = lines[place + 1] if place + 1 < len(lines) else ""
        headed = bool(_UNDERLINE.match(under) and line.strip())
        if headed or place > len(lines):
            yield from _described(block) if section in _LISTS else _at_the_margin(block, section)
            section, block = line.strip().casefold(), []
        elif not _UNDERLINE.match(line):
            block.append(line)


def _at_the_margin(lines: Sequence[str], section: str = "") -> Iterator[str]:
    if section in _PROSE:
        for blank, own in groupby(lines, key=lambda line: not line.strip()):
            paragraph = list(own)
            # Indented or marked: a list, code, a table or a formula.
            if not blank and not any(line[0].isspace() or _MARKED.match(line) for line in paragraph):
                yield " ".join(paragraph)


def _described(lines: Sequence[str]) -> Iterator[str]:
    for indented, own in groupby(lines, key=lambda line: not line.strip() or line[0].isspace()):
        if indented:
            yield from _at_the_margin(dedent("\n".join(own)).splitlines())


def _plain(paragraph: str) -> str:
    plain = _MATH.sub("§", paragraph)
    for pattern, left in _MARKUP:
        plain = pattern.sub(left, plain)
    return plain.strip()


def _sentences(paragraph: str) -> list[str]:
    sentences: list[str] = []
    for part in _ENDS.split(paragraph):
        if sentences and _ABBREVIATED.search(sentences[-1]):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences


def _is_prose(sentence: str) -> bool:
    if not _SENTENCE.match(sentence):
        return False
    pieces = sentence[:-1].split()
    words = sum(bool(_WORD.fullmatch(piece)) for piece in pieces)
    return _FEWEST_WORDS <= len(pieces) <= _MOST_WORDS and words >= _WORDS_AMONG_PIECES * len(pieces)
