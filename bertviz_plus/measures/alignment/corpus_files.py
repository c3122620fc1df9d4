"""The files of a corpus that is being aligned: how far they have come, and what they were begun with."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from bertviz_plus.measures.alignment.methods import METHODS


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


def paths_of(out: Any, methods: Sequence[str]) -> dict[str, Path]:
    """Return for each method the file that its links go to."""
    if not isinstance(out, str | os.PathLike) or not os.fspath(out):
        raise TypeError(f"out must be the path of a file, got {out!r}")
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
    if Path(name).is_dir():
        raise IsADirectoryError(f"out must be the path of a file, and {name} is a folder")
    return {methods[0]: Path(name)}


@dataclass(frozen=True)
class Begun:
    """How far files have come: their lines, and of how many pairs the note tells what they were."""

    lines: int
    broken: list[tuple[int, str]]
    pairs: int
    digest: str | None


def begun_before(paths: Mapping[str, Path], made_with: dict[str, Any]) -> Begun | None:
    """Find out where to go on; None where there is nothing to go on with."""
    complete, told = [], {}
    for method, path in paths.items():
        if not path.exists() or not path.stat().st_size:
            complete.append(0)
            continue
        told = _told(path)
        expected = {**made_with, "method": method}
        differing = [name for name in expected if name != "versions" and told.get(name) != expected[name]]
        if differing:
            name = differing[0]
            raise ValueError(
                f"{path} was begun with {name}={told.get(name)!r}, and this is {expected[name]!r}; "
                "resume=False begins anew"
            )
        complete.append(_complete_lines(path))
    lines = min(complete)
    if not lines:
        return None
    broken = [(number, why) for number, why in told.get("broken", []) if number <= lines]
    return Begun(lines, broken, told.get("pairs", 0), told.get("pairs_hash"))


def _told(path: Path) -> dict[str, Any]:
    """Read the note beside a file, which says what it was made with."""
    note = _note_path(path)
    if not note.exists():
        raise ValueError(
            f"out must be a file that align_corpus began, and {path} is not ({note.name} is not beside "
            "it); resume=False replaces it"
        )
    try:
        told = json.loads(note.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{note} is damaged ({error}); resume=False begins anew") from error
    if not isinstance(told, dict):
        raise ValueError(f"{note} is damaged: it must be a JSON object; resume=False begins anew")
    return told


def passed_over(
    stream: Iterator[Any], begun: Begun, out: Any, written: Callable[[Any], bytes]
) -> tuple[Iterator[Any], Any]:
    """Pass over the pairs that are done, and refuse others than the file was begun with.

    Parameters
    ----------
    stream : iterator
        All pairs.
    begun : Begun
    out : path
        What the file is called.
    written : callable
        Returns what tells one pair from another.

    Returns
    -------
    stream : iterator
        The pairs that are to be done.
    given : hash
        Of those that are done.
    """
    given = running = blake2b(digest_size=16)
    digest, number = None, 0
    ahead = []
    for number, item in enumerate(islice(stream, max(begun.lines, begun.pairs)), 1):
        running.update(written(item))
        if number == begun.pairs:
            digest = running.hexdigest()
        if number == begun.lines:
            given = running.copy()
        if number > begun.lines:
            # An interrupt came after the note and before the lines: these are to be done.
            ahead.append(item)
    if number < begun.lines:
        raise ValueError(
            f"pairs must be those that {out} was begun with: it has {begun.lines} lines, pairs are {number}; "
            "resume=False begins anew"
        )
    if begun.digest is not None and digest != begun.digest:
        raise ValueError(
            f"pairs must be those that {out} was begun with, and among the first {begun.pairs} are others; "
            "resume=False begins anew"
        )
    return chain(ahead, stream), given


def _complete_lines(path: Path) -> int:
    """Count the lines of a file of links; what holds anything else is not one."""
    lines = 0
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            if block.translate(None, b"0123456789- \n"):
                raise ValueError(f"{path} is damaged: it must hold links alone; resume=False begins anew")
            lines += block.count(b"\n")
    return lines


def cut_to(path: Path, lines: int) -> None:
    """Leave a file so many lines, and nothing half written."""
    with path.open("ab+") as file:
        file.seek(0)
        for _ in range(lines):
            file.readline()
        file.truncate(file.tell())


def append_lines(report: CorpusReport, files: Mapping[str, BinaryIO], lines: dict[str, list[str]]) -> None:
    """Add lines to the file of each method; they are on their way to the disk when this returns."""
    for method, file in files.items():
        file.write("".join(f"{line}\n" for line in lines[method]).encode("ascii"))
        file.flush()
    report.pairs += len(next(iter(lines.values())))


def _note_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def write_note(report: CorpusReport, made_with: dict[str, Any], pairs: int, digest: str) -> None:
    """Write beside each file what it is made with, and what the first pairs are."""
    for method, path in report.paths.items():
        told = {
            **made_with,
            "method": method,
            "pairs": pairs,
            "pairs_hash": digest,
            "broken": report.broken,
        }
        unfinished = _note_path(path).with_name(f".{path.name}.part")
        try:
            unfinished.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
            unfinished.replace(_note_path(path))
        finally:
            unfinished.unlink(missing_ok=True)
