"""Files of links: read in the layouts that are about, and written.

Pharaoh and TALP
    A line for each pair, ``0-0 1-1``; possible links are ``1?2`` or ``1p2``. A number and a tab may stand
    first, as in SimAlign's gold.
NAACL
    A line for each link, ``sentence source target [S|P]``, as in the shared tasks of 2003 and 2005. Sentences
    and words count from 1; word 0 stands for no word. Where a line links 0 with 0 the file is refused: its
    words count from 0.

Words count from 0 in some files and from 1 in others, and a file does not say. It shows where a link names
word 0, or a word beyond a sentence; where neither happens the file is refused, not guessed at.
"""

import os
import re
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import Any, Literal

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.links import Alignment, Gold, check_index_base, entries_of, items_of
from bertviz_plus.traces.writing import replacing

Layout = Literal["pharaoh", "naacl"]
_NAACL = re.compile(r"\s*(\d+)\s+(\d+)\s+(\d+)(?:\s+([SPsp]))?(?:\s+[\d.eE+-]+)?\s*")
_NUMBERED = re.compile(r"\s*\d+\t")

Items = list[tuple[int, int, bool]]


def read_links(
    path: str | os.PathLike[str],
    *,
    index_base: int | None = None,
    sentences: Sequence[tuple[Any, Any]] | None = None,
    layout: Layout | None = None,
) -> list[Gold]:
    r"""Read a file of links, gold or an aligner's.

    Parameters
    ----------
    path : path
        Of a file in Pharaoh's, TALP's or NAACL's layout.
    index_base : {0, 1}, optional
        What the first word is called. By default what the file shows.
    sentences : sequence of (source, target), optional
        The sentences, as strings or lists of words, or how many words each has. Links beyond them are
        refused, and a link to a word that only counting from 1 allows shows that the file does.
    layout : {"pharaoh", "naacl"}, optional
        By default what the first lines look like.

    Returns
    -------
    list of Gold
        One for each line, or for each sentence; all links of an aligner are sure.

    Raises
    ------
    ValueError
        Naming the line: where it holds no links, or one beyond the sentence; and where nothing shows whether
        words count from 0 or from 1.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "gold.txt")
    ...     _ = path.write_text("0-0 1?2\n\n")
    ...     [gold.to_pharaoh() for gold in read_links(path)]
    ['0-0 1?2', '']
    """
    if not isinstance(path, str | os.PathLike):
        raise wrong_kind("path", "the path of a file of links", path, 'read_links("gold.talp")')
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"path must be a file of links, got {str(path)!r}: there is no such file. Links in a string are "
            'read by Gold.of("0-0 1-1")'
        )
    if index_base is not None:
        check_index_base(index_base)
    if layout not in (None, "pharaoh", "naacl"):
        raise ValueError(f"layout must be 'pharaoh' or 'naacl', got {layout!r}")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} must be a text file in UTF-8, and is not: {error}") from error
    if not lines[-1]:
        lines.pop()
    sizes = None if sentences is None else [_sizes(pair) for pair in sentences]
    if (layout or _layout_of(lines)) == "naacl":
        base = 1 if index_base is None else index_base
        found = _read_naacl(lines, path.name, None if sizes is None else len(sizes), base)
    else:
        found = _read_pharaoh(lines, path.name)
        base = _base_of(found, sizes, path.name) if index_base is None else index_base
    if sizes is not None and len(sizes) != len(found):
        raise ValueError(f"sentences must be as many as {path.name} has, {len(found)}; got {len(sizes)}")
    return [
        _gold(items, base, None if sizes is None else sizes[place], f"{path.name}, sentence {place + 1}")
        for place, items in enumerate(found)
    ]


def write_links(
    path: str | os.PathLike[str],
    alignments: Iterable[Any],
    *,
    layout: Layout = "pharaoh",
    index_base: int | None = None,
    possible: Literal["?", "p"] = "?",
) -> None:
    r"""Write links, an aligner's or gold, so that other tools read them.

    Parameters
    ----------
    path : path
        An existing file is replaced only when the new one is complete.
    alignments : iterable of Alignment, Gold, str or links, or one
        One for each sentence.
    layout : {"pharaoh", "naacl"}
    index_base : {0, 1}, optional
        0 for Pharaoh and 1 for NAACL by default.
    possible : {"?", "p"}
        How Pharaoh's layout marks possible links.

    Raises
    ------
    TypeError, ValueError
        Naming the entry that holds no links.

    Notes
    -----
    NAACL's layout has no line for a sentence without links; `read_links` knows of such sentences at the end
    only where `sentences` are given.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "gold.naacl")
    ...     write_links(path, ["0-0 1?2"], layout="naacl")
    ...     path.read_text()
    '1 1 1 S\n1 2 3 P\n'
    """
    if layout not in ("pharaoh", "naacl"):
        raise ValueError(f"layout must be 'pharaoh' or 'naacl', got {layout!r}")
    base = (0 if layout == "pharaoh" else 1) if index_base is None else index_base
    check_index_base(base)
    lines = []
    for place, one in enumerate(entries_of(alignments, "alignments")):
        try:
            gold = Gold.of(one.pairs if isinstance(one, Alignment) else one)
        except (TypeError, ValueError) as error:
            raise type(error)(f"alignments[{place}]: {error}") from error
        if layout == "pharaoh":
            lines.append(gold.to_pharaoh(index_base=base, possible=possible))
        else:
            lines += [
                f"{place + 1} {i + base} {j + base} {'S' if (i, j) in gold.sure else 'P'}"
                for i, j in sorted(gold.possible)
            ]
    with replacing(Path(path)) as unfinished:
        unfinished.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _layout_of(lines: Sequence[str]) -> Layout:
    first = [line for line in lines if line.strip()][:20]
    return "naacl" if any(_NAACL.fullmatch(line) for line in first) else "pharaoh"


def _read_pharaoh(lines: Sequence[str], name: str) -> list[Items]:
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            numbered = _NUMBERED.match(line)
            found.append(items_of(line[numbered.end() :] if numbered else line))
        except ValueError as error:
            raise ValueError(f"{name}, line {number}: {error}") from error
    return found


def _read_naacl(lines: Sequence[str], name: str, count: int | None, base: int) -> list[Items]:
    by_sentence: dict[int, Items] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = _NAACL.fullmatch(line)
        if match is None:
            raise ValueError(
                f"{name}, line {number}: a line must be 'sentence source target [S|P]', "
                f"got {line.strip()!r:.60}"
            )
        sentence, i, j = (int(match[part]) for part in (1, 2, 3))
        if sentence < 1:
            raise ValueError(f"{name}, line {number}: sentences must count from 1, got {sentence}")
        items = by_sentence.setdefault(sentence, [])
        if base and not i and not j:
            raise ValueError(
                f"{name}, line {number}: 0 stands for no word, and here it is linked with itself, so words "
                "seem to count from 0: say index_base=0"
            )
        if not base or (i and j):
            items.append((i, j, match[4] not in ("P", "p")))
    last = max(by_sentence, default=0)
    return [by_sentence.get(sentence, []) for sentence in range(1, max(last, count or 0) + 1)]


def _base_of(found: Sequence[Items], sizes: Sequence[tuple[int, int]] | None, name: str) -> int:
    """Find out from what words count, or refuse to."""
    from_zero = next(
        (place for place, items in enumerate(found) if any(min(i, j) == 0 for i, j, _ in items)), None
    )
    if from_zero is not None:
        return 0
    if sizes is not None and len(sizes) == len(found):
        for items, (n_source, n_target) in zip(found, sizes, strict=True):
            if any(i == n_source or j == n_target for i, j, _ in items):
                return 1
    if not any(found):
        return 0
    raise ValueError(
        f"{name} does not show whether words count from 0 or from 1: no link names word 0, and "
        + (
            "there are no sentences to tell how far they reach; give sentences=, or"
            if sizes is None
            else "none names the word after the last;"
        )
        + " say index_base=0 or index_base=1"
    )


def _gold(items: Items, base: int, size: tuple[int, int] | None, name: str) -> Gold:
    below = next(((i, j) for i, j, _ in items if min(i, j) < base), None)
    if below is not None:
        raise ValueError(f"{name}: links must count from {base}, got {below[0]}-{below[1]}")
    if size is not None:
        n_source, n_target = size
        beyond = next(((i, j) for i, j, _ in items if i - base >= n_source or j - base >= n_target), None)
        if beyond is not None:
            raise ValueError(
                f"{name}: the sentences have {n_source} and {n_target} words, counted from {base}, and a "
                f"link is {beyond[0]}-{beyond[1]}"
            )
    return Gold(
        frozenset((i - base, j - base) for i, j, sure in items if sure),
        frozenset((i - base, j - base) for i, j, _ in items),
    )


def _sizes(pair: Any) -> tuple[int, int]:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise ValueError(f"sentences must be (source, target), got {pair!r:.60}")
    source, target = (
        len(side.split()) if isinstance(side, str) else len(side) if isinstance(side, Sized) else side
        for side in pair
    )
    if not (isinstance(source, int) and isinstance(target, int)):
        raise ValueError(
            f"sentences must be (source, target), each a string, a list of words or their number, "
            f"got {pair!r:.60}"
        )
    return source, target
