"""The file layouts in which tasks come. Errors name the file and the line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from bertviz_plus.data.examples import Row
from bertviz_plus.data.lines import numbered_lines

Read = tuple[list[Row], list[str] | None]

# The columns of GLUE's tasks, by their headers: text, second text, label.
_GLUE = (
    ("sentence1", "sentence2", "gold_label"),  # MNLI
    ("sentence1", "sentence2", "label"),  # RTE, WNLI
    ("question", "sentence", "label"),  # QNLI
    ("question1", "question2", "is_duplicate"),  # QQP
    ("#1 String", "#2 String", "Quality"),  # MRPC
    ("sentence", None, "label"),  # SST-2; last, because QNLI has these columns too
)
# CoLA has no header: source, label, the author's star, sentence.
_COLA = ("source", "label", "star", "sentence")
# Annotators did not agree on a label.
_NO_CONSENSUS = "-"
# The training files of XNLI call one label by another name than its test files.
_SAME_LABEL = {"contradictory": "contradiction"}


def read_rows(path: Path, layout: str | None, language: str) -> Read:
    """Read the rows of a task, and the split of each; None where the file has no splits.

    See `Task.from_file`.
    """
    if layout is None:
        layout = _recognised(path)
    if layout not in _LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(_LAYOUTS)}, got {layout!r}")
    rows, splits = _LAYOUTS[layout](path, language)
    if not rows:
        raise ValueError(f"{path} holds no examples")
    return rows, splits


def _recognised(path: Path) -> str:
    if path.is_file():
        return "jsonl"
    if (path / "xnli.test.tsv").exists():
        return "xnli"
    if (path / "train.tsv").exists():
        return "glue"
    raise FileNotFoundError(
        f"path must be a file of JSON lines, or a folder with train.tsv (GLUE) or xnli.test.tsv (XNLI); "
        f"{path} is {'such a folder not' if path.is_dir() else 'missing'}"
    )


def _jsonl(path: Path) -> Read:
    rows, splits = [], []
    for number, line in numbered_lines(path):
        place = f"{path}, line {number}"
        try:
            row = json.loads(line)
            rows.append(
                Row(place, row["text"], row["label"], *map(row.get, ("text_pair", "language", "group")))
            )
            splits.append(row.get("split"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{place}: a JSON object with text and label was expected ({type(error).__name__}: {error})"
            ) from error
    return rows, None if all(split is None for split in splits) else splits


def _glue(path: Path) -> Read:
    dev = path / "dev_matched.tsv"
    files = {"train": path / "train.tsv", "test": dev if dev.exists() else path / "dev.tsv"}
    rows: list[Row] = []
    splits: list[str] = []
    for split, file in files.items():
        own = list(_glue_rows(file))
        rows += own
        splits += [split] * len(own)
    return rows, splits


def _glue_rows(file: Path) -> Iterator[Row]:
    header = next(numbered_lines(file), (1, ""))[1].split("\t")
    for text, pair, label in _GLUE:
        if {text, label} | ({pair} if pair else set()) <= set(header):
            for place, cells in _table(file):
                if cells[label] != _NO_CONSENSUS:
                    yield Row(place, cells[text], cells[label], cells[pair] if pair else None)
            return
    if len(header) == len(_COLA) and header[1] in ("0", "1"):
        for place, cells in _table(file, _COLA):
            yield Row(place, cells["sentence"], cells["label"])
        return
    raise ValueError(
        f"{file}, line 1: the columns of a classification task of GLUE were expected, such as sentence and "
        f"label, got {', '.join(header)!r:.200}"
    )


def _xnli(path: Path, language: str) -> Read:
    name = f"multinli.train.{language}.tsv"
    train = next((file for file in (path / name, path / "multinli" / name) if file.exists()), path / name)
    rows = [
        Row(place, cells["premise"], _SAME_LABEL.get(cells["label"], cells["label"]), cells["hypo"], language)
        for place, cells in _table(train, needed=("premise", "hypo", "label"))
    ]
    splits = ["train"] * len(rows)
    for split in ("dev", "test"):
        needed = ("language", "gold_label", "sentence1", "sentence2")
        for place, cells in _table(path / f"xnli.{split}.tsv", needed=needed):
            label = cells["gold_label"]
            if label != _NO_CONSENSUS:
                rows.append(Row(place, cells["sentence1"], label, cells["sentence2"], cells["language"]))
                splits.append(split)
    return rows, splits


def _table(
    file: Path, header: tuple[str, ...] = (), needed: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the cells of each line by their columns; quotes have no meaning in these layouts."""
    names = header
    for number, line in numbered_lines(file):
        cells = line.split("\t")
        if not names:
            names = tuple(cells)
            if missing := [name for name in needed if name not in names]:
                raise ValueError(
                    f"{file}, line {number}: a column {missing[0]!r} was expected, "
                    f"got {', '.join(names)!r:.200}"
                )
            continue
        if len(cells) != len(names):
            raise ValueError(
                f"{file}, line {number}: {len(names)} cells between tabs were expected, got {len(cells)}: "
                f"{line!r:.80}"
            )
        yield f"{file}, line {number}", dict(zip(names, cells, strict=True))


_LAYOUTS: dict[str, Callable[[Path, str], Read]] = {
    "jsonl": lambda path, _: _jsonl(path),
    "glue": lambda path, _: _glue(path),
    "xnli": _xnli,
}
