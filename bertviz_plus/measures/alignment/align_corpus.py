"""A corpus of sentence pairs, aligned into a file line by line; an interrupt loses nothing."""

import json
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.alignment.corpus_files import (
    CorpusReport,
    append_lines,
    begun_before,
    cut_to,
    passed_over,
    paths_of,
    write_note,
)
from bertviz_plus.measures.alignment.methods import METHODS, checked_method
from bertviz_plus.traces.alignments import SentencePair
from bertviz_plus.traces.checks import count_or_none
from bertviz_plus.traces.links import pharaoh
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.encoding import Encoded

# Pairs that are looked at together, so that sentences of about the same length can be; their lines are
# written together. The first is short, so that the first lines come soon.
_FIRST_PAIRS = 32
_PAIRS = 512

Words = tuple[str, ...]


def align_corpus(
    model: "Model",
    pairs: Iterable[Any] | str | os.PathLike[str],
    *,
    out: str | os.PathLike[str],
    method: str | Sequence[str] = "inter",
    hidden_layer: int | None = None,
    resume: bool = True,
    batch_size: int | None = None,
    progress: bool = True,
) -> CorpusReport:
    r"""Align many pairs of sentences and write their links, line by line, in the pairs' order.

    Sentences of about the same length run together, equal ones once, and only up to the layer that is asked
    for; memory does not grow with the number of pairs. Beside each file lies another, ``….json``, which says
    what it was made with. Run again after an interrupt, it goes on where the file ends.

    Parameters
    ----------
    model : Model
        One that has read both languages.
    pairs : iterable of (source, target), or a path
        Each a string, cut into words at white space, or a list of words. A file has one pair a line,
        ``source ||| target``. May be a generator, or `Alignments`.
    out : path
        The file to write, ``0-0 1-1`` a line (Pharaoh, also called TALP). For several methods its name holds
        ``{method}``.
    method : str or sequence of str, default "inter"
        Several cost little more than one.
    hidden_layer : int, optional
        The one that is documented to align best, by default.
    resume : bool, default True
        Whether to go on where the file ends, instead of beginning anew.
    batch_size : int, optional
        The most sentences in one pass.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    CorpusReport

    Raises
    ------
    ValueError
        Where the file was made with something else or of other pairs, or is damaged.

    Warns
    -----
    UserWarning
        Where the model is known to have read one language alone; at the end, where pairs were broken: with
        their numbers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import bertviz_plus as bp
    >>> multi = bp.load("multilingual-e5-small")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = pathlib.Path(folder, "out.talp")
    ...     report = align_corpus(multi, [("The house", "Das Haus")], out=out, progress=False)
    ...     out.read_text()
    '0-0 1-1\n'
    """
    from bertviz_plus.models.vectors.aligning import (
        best_hidden_layer,
        check_alignable,
        checked_hidden_layers,
        warn_of_english_alone,
    )

    check_alignable(model, 'align_corpus(model, [("The house .", "Das Haus .")], out="links.talp")')
    if not isinstance(method, str | Iterable):
        raise TypeError(f"method must be a name or several, got {type(method).__name__}")
    methods = [checked_method(one) for one in ([method] if isinstance(method, str) else method)]
    batch_size = count_or_none(batch_size, "batch_size")
    layer = best_hidden_layer(model) if hidden_layer is None else hidden_layer
    if layer is None:
        raise ValueError(
            f"hidden_layer must be given: which one aligns best is not known of "
            f"{model.info.id or 'this model'}; choose_layer(model, dev) finds it on pairs with gold"
        )
    (layer,) = checked_hidden_layers([layer], model, "hidden_layer")
    warn_of_english_alone(model)
    report = CorpusReport(paths_of(out, methods))
    made_with = {
        "model": model.info.id,
        "weights_hash": model.info.weights_hash,
        "hidden_layer": layer,
        "versions": model.info.versions,
    }
    stream, total = _stream(pairs)
    # What was given so far, so that a corpus that was changed since is not taken for the one that was begun.
    given = blake2b(digest_size=16)
    lines_of, files = stream, {}
    try:
        begun = begun_before(report.paths, made_with) if resume else None
        if begun is not None:
            stream, given = passed_over(stream, begun, out, _written)
            report.pairs = report.resumed = begun.lines
            report.broken = begun.broken
        for path in report.paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            cut_to(path, report.resumed)
        write_note(report, made_with, report.resumed, given.hexdigest())
        files = {one: path.open("ab") for one, path in report.paths.items()}
        with tqdm(total=total, initial=report.resumed, disable=not progress, unit=" pairs") as bar:
            size = _FIRST_PAIRS
            while stretch := list(islice(stream, size)):
                lines = _aligned(model, stretch, methods, layer, report, batch_size)
                for item in stretch:
                    given.update(_written(item))
                # First what is broken: an interrupt between the two is then only a line to be done again.
                write_note(report, made_with, report.pairs + len(stretch), given.hexdigest())
                append_lines(report, files, lines)
                bar.update(len(stretch))
                size = _PAIRS
    finally:
        for file in files.values():
            file.close()
        if isinstance(lines_of, _Lines):
            lines_of.close()
    if report.broken:
        numbers = ", ".join(str(number) for number, _ in report.broken[:10])
        warnings.warn(
            f"{len(report.broken)} of {report.pairs} pairs could not be aligned, and their lines are empty: "
            f"line {numbers}{', …' if len(report.broken) > 10 else ''} (lines count from 1); the first: "
            f"{report.broken[0][1]}",
            UserWarning,
            stacklevel=2,
        )
    return report


def _aligned(
    model: "Model",
    stretch: Sequence[Any],
    methods: Sequence[str],
    layer: int,
    report: CorpusReport,
    batch_size: int | None,
) -> dict[str, list[str]]:
    """Align a stretch of the corpus; return for each method its lines."""
    from bertviz_plus.models.vectors.aligning import check_read, hidden_states, read_sentences

    sides: list[tuple[Words, Words] | None] = []
    broken: dict[int, str] = {}
    for place, item in enumerate(stretch):
        try:
            sides.append(_sides(item))
        except (TypeError, ValueError) as error:
            sides.append(None)
            broken[place] = str(error).removeprefix("pair: ")
    sentences = list(dict.fromkeys(one for pair in sides if pair is not None for one in pair))
    encoded = dict(zip(sentences, read_sentences(model, sentences), strict=True))
    unread: dict[Words, str] = {}
    for sentence, one in encoded.items():
        try:
            check_read(one, "a sentence")
        except ValueError as error:
            unread[sentence] = str(error)
    for place, pair in enumerate(sides):
        why = None if pair is None else next((unread[side] for side in pair if side in unread), None)
        if why is not None:
            sides[place], broken[place] = None, why
    read = [sentence for sentence in sentences if sentence not in unread]
    vectors: dict[Words, NDArray[np.float32]] = {}
    for number, states in hidden_states(
        model, [encoded[sentence] for sentence in read], (layer,), batch_size=batch_size
    ):
        vectors[read[number]] = states[0]
    lines: dict[str, list[str]] = {method: [] for method in methods}
    for pair in sides:
        found = None if pair is None else _links(pair, vectors, encoded, methods)
        for method in methods:
            lines[method].append("" if found is None else pharaoh(found[method]))
    report.broken += [(report.pairs + place + 1, why) for place, why in sorted(broken.items())]
    return lines


def _sides(item: Any) -> tuple[Words, Words]:
    """Return the words of both sentences of what was given for a pair."""
    from bertviz_plus.models.vectors.aligning import checked_pair

    if isinstance(item, _Line):
        item = item.pair
    elif isinstance(item, SentencePair):
        item = (item.source, item.target)
    return checked_pair(item, "pair")


def _written(item: Any) -> bytes:
    """Return what tells one pair from another, however it was given."""
    try:
        told: Any = _sides(item)
    except (TypeError, ValueError):
        told = item.text if isinstance(item, _Line) else type(item).__name__
    return json.dumps(told).encode()


def _links(
    pair: tuple[Words, Words],
    vectors: "dict[Words, NDArray[np.float32]]",
    encoded: "dict[Words, Encoded]",
    methods: Sequence[str],
) -> dict[str, set[tuple[int, int]]]:
    from bertviz_plus.models.vectors.aligning import content_word_ids, unit_vectors

    (source, source_norms), (target, target_norms) = (unit_vectors(vectors[side]) for side in pair)
    cosines = source @ target.T
    similarity = {
        "cosine": lambda: cosines,
        "scaled": lambda: (cosines + np.float32(1)) / np.float32(2),
        "dot": lambda: cosines * source_norms[:, np.newaxis] * target_norms,
    }
    words = [content_word_ids(encoded[side]) for side in pair]
    found = {}
    for method in methods:
        rows, columns = METHODS[method].links(similarity[METHODS[method].similarity]()).nonzero()
        found[method] = {
            (words[0][i], words[1][j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
        }
    return found


@dataclass(frozen=True)
class _Line:
    """A line of a corpus in a file."""

    text: str

    @property
    def pair(self) -> tuple[str, str]:
        parts = self.text.split("|||")
        if len(parts) != 2:
            raise ValueError(f"a line must be 'source ||| target', got {self.text.strip()!r:.60}")
        return parts[0], parts[1]


def _stream(pairs: Any) -> tuple[Iterator[Any], int | None]:
    if isinstance(pairs, str | os.PathLike):
        path = Path(pairs)
        if not path.is_file():
            raise FileNotFoundError(
                f"pairs must be a file of lines 'source ||| target', or pairs; got {path}"
            )
        return _Lines(path), None
    if not isinstance(pairs, Iterable):
        raise TypeError(
            f"pairs must be an iterable of (source, target), or a path, got {type(pairs).__name__}"
        )
    return iter(pairs), len(pairs) if isinstance(pairs, Sized) else None


class _Lines(Iterator[_Line]):
    """The lines of a file, one by one."""

    def __init__(self, path: Path) -> None:
        # Bytes that are no text break one line, not the rest; only \n ends a line, as in every other tool.
        self._file = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n")

    def __next__(self) -> _Line:
        return _Line(next(self._file))

    def close(self) -> None:
        self._file.close()
