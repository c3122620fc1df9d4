"""A corpus of sentence pairs, aligned into a file line by line; an interrupt loses nothing."""

import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from bertviz_plus.measures.alignment import METHODS, checked_method
from bertviz_plus.traces.links import pharaoh

if TYPE_CHECKING:
    from bertviz_plus.models.encoding import Encoded
    from bertviz_plus.models.model import Model

# Pairs that are looked at together, so that sentences of about the same length can be; their lines are
# written together. The first is short, so that the first lines come soon.
_FIRST_PAIRS = 32
_PAIRS = 512

Words = tuple[str, ...]


@dataclass
class CorpusReport:
    """What became of a corpus.

    Attributes
    ----------
    paths : dict of str to Path
        For each method the file, a line for each pair.
    pairs : int
        Lines in each file.
    resumed : int
        How many of them were there already.
    broken : list of (int, str)
        Pairs that could not be aligned, by their number from 1, and why. Their lines are empty.
    """

    paths: dict[str, Path]
    pairs: int = 0
    resumed: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)

    def __repr__(self) -> str:
        lines = [
            f"{self.pairs} pairs aligned"
            + (f", {self.resumed} of them before" if self.resumed else "")
            + (f"; {len(self.broken)} broken, their lines are empty" if self.broken else "")
        ]
        lines += [f"  {method}: {path}" for method, path in self.paths.items()]
        lines += [f"  pair {number}: {why}" for number, why in self.broken[:10]]
        return "\n".join(lines)


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
        ``source ||| target``. May be a generator.
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
        Where the file was made with something else, or `pairs` are fewer than its lines.

    Warns
    -----
    UserWarning
        At the end, where pairs were broken: with their numbers.

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
    from bertviz_plus.models.aligning import best_hidden_layer, check_alignable, checked_hidden_layers

    check_alignable(model)
    methods = [checked_method(one) for one in ([method] if isinstance(method, str) else method)]
    layer = best_hidden_layer(model) if hidden_layer is None else hidden_layer
    if layer is None:
        raise ValueError(
            f"hidden_layer must be given: which one aligns best is not known of "
            f"{model.info.id or 'this model'}; choose_layer(model, dev) finds it on pairs with gold"
        )
    (layer,) = checked_hidden_layers([layer], model)
    report = CorpusReport(_paths(out, methods))
    made_with = {
        "model": model.info.id,
        "weights_hash": model.info.weights_hash,
        "hidden_layer": layer,
        "versions": model.info.versions,
    }
    _prepare(report, made_with, resume=resume)
    files = {one: path.open("ab") for one, path in report.paths.items()}
    stream, total = _stream(pairs)
    try:
        skipped = sum(1 for _ in islice(stream, report.resumed))
        if skipped < report.resumed:
            raise ValueError(
                f"pairs must be those that {out} was begun with: it has {report.resumed} lines, pairs are "
                f"{skipped}; resume=False begins anew"
            )
        with tqdm(total=total, initial=skipped, disable=not progress, unit=" pairs") as bar:
            size = _FIRST_PAIRS
            while stretch := list(islice(stream, size)):
                lines = _aligned(model, stretch, methods, layer, report, batch_size)
                # First what is broken: an interrupt between the two is then only a line to be done again.
                _note(report, made_with)
                _write(report, files, lines)
                bar.update(len(stretch))
                size = _PAIRS
    finally:
        for file in files.values():
            file.close()
        if isinstance(stream, _Lines):
            stream.close()
    if report.broken:
        numbers = ", ".join(str(number) for number, _ in report.broken[:10])
        warnings.warn(
            f"{len(report.broken)} of {report.pairs} pairs could not be aligned, their lines are empty: pair "
            f"{numbers}{', …' if len(report.broken) > 10 else ''}; the first: {report.broken[0][1]}",
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
    from bertviz_plus.models.aligning import check_read, checked_pair, hidden_states, read_sentences

    sides: list[tuple[Words, Words] | None] = []
    broken: dict[int, str] = {}
    for place, item in enumerate(stretch):
        try:
            sides.append(checked_pair(item.pair if isinstance(item, _Line) else item, "pair"))
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


def _links(
    pair: tuple[Words, Words],
    vectors: "dict[Words, NDArray[np.float32]]",
    encoded: "dict[Words, Encoded]",
    methods: Sequence[str],
) -> dict[str, set[tuple[int, int]]]:
    from bertviz_plus.models.aligning import content_word_ids, unit_vectors

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


def _paths(out: Any, methods: Sequence[str]) -> dict[str, Path]:
    name = os.fspath(out)
    if not methods:
        raise ValueError(f"method must name at least one of {', '.join(METHODS)}")
    if len(set(methods)) != len(methods):
        raise ValueError(f"method must name each once, got {', '.join(methods)}")
    if "{method}" in name:
        return {method: Path(name.replace("{method}", method)) for method in methods}
    if len(methods) > 1:
        raise ValueError(
            f"out must hold {{method}} for several methods, as out.{{method}}.talp; got {name!r}"
        )
    return {methods[0]: Path(name)}


def _prepare(report: CorpusReport, made_with: dict[str, Any], *, resume: bool) -> None:
    """Find out where to go on, and cut what an interrupt left half written."""
    complete = []
    for method, path in report.paths.items():
        note = _note_path(path)
        if not resume or not path.exists() or not path.stat().st_size:
            complete.append(0)
            continue
        if not note.exists():
            raise ValueError(
                f"out must be a file that align_corpus began, and {path} is not ({note.name} is not beside "
                "it); resume=False replaces it"
            )
        told = json.loads(note.read_text(encoding="utf-8"))
        expected = {**made_with, "method": method}
        differing = [name for name in expected if name != "versions" and told.get(name) != expected[name]]
        if differing:
            name = differing[0]
            raise ValueError(
                f"{path} was begun with {name}={told.get(name)!r}, and this is {expected[name]!r}; "
                "resume=False begins anew"
            )
        report.broken = [(number, why) for number, why in told.get("broken", [])]
        complete.append(_complete_lines(path))
    report.pairs = report.resumed = min(complete)
    report.broken = [one for one in report.broken if one[0] <= report.resumed]
    for path in report.paths.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        _cut(path, report.resumed)
    _note(report, made_with)


def _complete_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _cut(path: Path, lines: int) -> None:
    with path.open("ab+") as file:
        file.seek(0)
        for _ in range(lines):
            file.readline()
        file.truncate(file.tell())


def _write(report: CorpusReport, files: Mapping[str, BinaryIO], lines: dict[str, list[str]]) -> None:
    for method, file in files.items():
        file.write("".join(f"{line}\n" for line in lines[method]).encode("ascii"))
        file.flush()
    report.pairs += len(next(iter(lines.values())))


def _note_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _note(report: CorpusReport, made_with: dict[str, Any]) -> None:
    for method, path in report.paths.items():
        told = {**made_with, "method": method, "broken": report.broken}
        unfinished = _note_path(path).with_name(f".{path.name}.{os.getpid()}.part")
        try:
            unfinished.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
            unfinished.replace(_note_path(path))
        finally:
            unfinished.unlink(missing_ok=True)
