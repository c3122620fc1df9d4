"""CoNLL-U files, as the treebanks of Universal Dependencies are written."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.parse import UNKNOWN, Parse, tree_fault
from bertviz_plus.traces.parses import Parses

# Nothing here reads the first three, and a file with a fault in them can be used; a bad head is
# named with its word.
_AS_WRITTEN = ("feats", "deps", "misc", "head")
_Lines = list[tuple[int, str]]


def read_conllu(path: str | os.PathLike[str]) -> Parses:
    r"""Read sentences with their dependency trees from a CoNLL-U file.

    Each syntactic word is a word of its own. Lines of multi-word tokens (``1-2  don't``) are left out, since
    their words follow; so are empty nodes (``8.1``), which belong to the enhanced graph alone.

    Parameters
    ----------
    path : path-like
        UTF-8, with or without a byte order mark; lines end in ``\n`` or ``\r\n``.

    Returns
    -------
    Parses
        Named as the file.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        With the sentence's id and the line: for a word without a form or a head, heads that go in a
        circle, several roots, words that do not count on from 1, and lines that are not CoNLL-U; with the
        path alone where there are no sentences.

    References
    ----------
    https://universaldependencies.org/format.html

    Examples
    --------
    >>> import tempfile
    >>> lines = '''
    ... # sent_id = a
    ... 1  Dogs  dog   NOUN  _  Number=Plur  2  nsubj  _  _
    ... 2  bark  bark  VERB  _  _            0  root   _  _
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "dogs.conllu").write_text(lines)
    ...     parses = read_conllu(f"{folder}/dogs.conllu")
    >>> parses[0].id, parses[0].words, parses[0].heads
    ('a', ('Dogs', 'bark'), (1, -1))
    """
    if not isinstance(path, str | os.PathLike):
        raise wrong_kind("path", "the path of a CoNLL-U file", path, 'read_conllu("en.conllu")')
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no CoNLL-U file {path}" + (": it is a folder" if path.is_dir() else "")
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} must be UTF-8, and is not: {error}") from error
    sentences = [_sentence(lines, number, path) for number, lines in enumerate(_blocks(text), 1)]
    if not sentences:
        raise ValueError(f"{path} holds no sentences: no line has a word")
    return Parses(tuple(sentences), name=path.name)


def _blocks(text: str) -> Iterator[_Lines]:
    """Yield the numbered lines of each sentence; comments alone are none."""
    block: _Lines = []
    # Not splitlines: a word may hold a Unicode line separator.
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            block.append((number, line))
            continue
        if any(not written.startswith("#") for _, written in block):
            yield block
        block = []


def _sentence(lines: _Lines, number: int, path: Path) -> Parse:
    from conllu import parse_token_and_metadata
    from conllu.exceptions import ParseException

    about = parse_token_and_metadata(
        "\n".join(line for _, line in lines if line.startswith("#")) or "#"
    ).metadata
    name = about.get("sent_id") or str(number)

    def fault(line: int, what: str) -> ValueError:
        return ValueError(f"{path}, sentence {name}, line {line}: {what}")

    words: list[dict[str, Any]] = []
    at: list[int] = []
    for line, written in lines:
        if written.startswith("#"):
            continue
        try:
            (token,) = parse_token_and_metadata(
                written, field_parsers=dict.fromkeys(_AS_WRITTEN, _as_written)
            )
        except ParseException as error:
            raise fault(line, str(error)) from error
        if isinstance(token["id"], tuple):
            continue  # a multi-word token or an empty node
        if token["id"] != len(words) + 1:
            raise fault(line, f"words must count on from 1, got {token['id']} where {len(words) + 1} is next")
        if not token["form"].strip():
            raise fault(line, f"word {token['id']} has no form")
        head = token.get("head") or UNKNOWN
        if head == UNKNOWN:
            raise fault(line, f"word {token['id']} ({token['form']!r}) has no head")
        if not head.isdecimal():
            raise fault(
                line, f"word {token['id']} ({token['form']!r}) must have a number as its head, got {head!r}"
            )
        words.append(token)
        at.append(line)
    if not words:
        raise fault(lines[0][0], "no word is there, only multi-word tokens or empty nodes")
    heads = [int(word["head"]) - 1 for word in words]
    if (wrong := tree_fault(heads, first=1)) is not None:
        place, what = wrong
        raise fault(at[place], f"word {place + 1} ({words[place]['form']!r}) {what}")
    return Parse(
        tuple(word["form"] for word in words),
        tuple(heads),
        tuple(word.get("deprel") or UNKNOWN for word in words),
        tuple(word.get("upos") or UNKNOWN for word in words),
        tuple(word.get("feats") or UNKNOWN for word in words),
        id=name,
        text=about.get("text") or "",
    )


def _as_written(line: list[str], field: int) -> str:
    return line[field]
