"""The file layouts in which sentences with senses come. Errors name the file and the line."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bertviz_plus.data.lines import numbered_lines, read_text
from bertviz_plus.traces.word_places import WordFinder

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
# Words that stand in almost every sentence and are hardly what a table of senses is about.
_GRAMMAR = frozenset(
    re.findall(
        r"\w+",
        "a an and as at be but by for from had has have he her his i in is it its my not of on or our s she "
        "so that the their they this to was we were will with you your",
    )
)


def read_jsonl(path: Path, name: str) -> dict[str, Any]:
    """Read one JSON object a line: word, sense, text, start, end, and second where there is one.

    Returns
    -------
    dict
        The fields of a `SenseSentences`.

    Raises
    ------
    FileNotFoundError, ValueError
        Naming the file, and the line that does not fit.
    """
    rows = []
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
            start, end = int(row["start"]), int(row["end"])
            rows.append((row["text"], (start, end), row["sense"], row["word"], row.get("second")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}, line {number}: a JSON object with word, sense, text, start and end was expected "
                f"({type(error).__name__}: {error})"
            ) from error
    return _fields(rows, name, path)


def read_coarsewsd(folder: Path, split: str) -> dict[str, Any]:
    """Read the layout of CoarseWSD-20; see `SenseSentences.read_coarsewsd`."""
    if not folder.is_dir():
        raise FileNotFoundError(f"folder must hold data in the layout of CoarseWSD-20; {folder} is no folder")
    data_name = f"{split}.data.txt"
    words = (
        [folder]
        if (folder / data_name).exists()
        else sorted(path.parent for path in folder.glob(f"*/{data_name}"))
    )
    if not words:
        raise FileNotFoundError(
            f"folder must hold data in the layout of CoarseWSD-20; there is no {data_name} in {folder}, "
            "nor in a folder in it"
        )
    rows = [row for word in words for row in _coarsewsd_word(word, split)]
    return _fields(rows, f"{folder.name}, {split}", folder)


def read_table(path: Path, word: str | Sequence[str] | None) -> dict[str, Any]:
    """Read ``sentence<TAB>sense``; see `SenseSentences.read_table`."""
    lines = []
    for number, line in numbered_lines(path):
        sentence, tab, sense = line.rpartition("\t")
        if not tab or not sentence.strip() or not sense.strip():
            raise ValueError(f"{path}, line {number}: sentence, tab, sense was expected, got {line!r:.80}")
        lines.append((number, sentence.strip(), sense.strip()))
    if not lines:
        raise ValueError(f"{path} holds no sentences")
    if word is None:
        forms = [_common_word([sentence for _, sentence, _ in lines], path)]
    else:
        forms = [word] if isinstance(word, str) else list(word)
        if not forms or not all(isinstance(form, str) and form.strip() for form in forms):
            raise ValueError(f"word must be a word, or its forms, got {word!r}")
    finder = WordFinder(forms)
    rows: list[tuple[Any, ...]] = []
    for number, sentence, sense in lines:
        span, _ = next(finder.find(sentence), (None, ""))
        if span is None:
            raise ValueError(
                f"{path}, line {number}: {' or '.join(map(repr, forms))} does not stand in {sentence!r:.80}; "
                "further forms can be given, as in word=('bank', 'banks')"
            )
        rows.append((sentence, span, sense, forms[0], None))
    return _fields(rows, path.name, path)


def _coarsewsd_word(folder: Path, split: str) -> Iterator[tuple[Any, ...]]:
    data, gold, classes = (
        folder / name for name in (f"{split}.data.txt", f"{split}.gold.txt", "classes_map.txt")
    )
    try:
        names: dict[str, str] = json.loads(read_text(classes))
        prefixes = {str(name).split("_")[0] for name in names.values()}
    except (ValueError, AttributeError) as error:
        raise ValueError(
            f"{classes}, line {getattr(error, 'lineno', 1)}: a JSON object from labels to senses was "
            f"expected ({error})"
        ) from error
    # The n-shot sets call their folders mole_10; the names of the senses begin with the word itself.
    word = prefixes.pop() if len(prefixes) == 1 else folder.name
    labels = list(numbered_lines(gold))
    lines = list(numbered_lines(data))
    if len(labels) != len(lines):
        raise ValueError(f"{gold} has {len(labels)} labels for the {len(lines)} lines of {data.name}")
    for (number, line), (label_number, label) in zip(lines, labels, strict=True):
        place, tab, text = line.partition("\t")
        tokens = list(re.finditer(r"\S+", text))
        if not tab or not place.strip().isdecimal() or int(place) >= len(tokens):
            raise ValueError(
                f"{data}, line {number}: the word's place among the tokens, tab, tokens was expected, "
                f"got {line!r:.80}"
            )
        if label.strip() not in names:
            raise ValueError(
                f"{gold}, line {label_number}: the label must be one of {', '.join(names)}, "
                f"got {label.strip()!r}"
            )
        yield text.rstrip(), tokens[int(place)].span(), names[label.strip()], word, None


def _common_word(sentences: Sequence[str], path: Path) -> str:
    counts = Counter(
        word for sentence in sentences for word in {found.casefold() for found in _WORD.findall(sentence)}
    )
    everywhere = sorted(word for word, n in counts.items() if n == len(sentences))
    candidates = [word for word in everywhere if word not in _GRAMMAR] or everywhere
    if len(candidates) == 1:
        return str(candidates[0])
    if candidates:
        raise ValueError(f"word must be given: {', '.join(candidates)} stand in every sentence of {path}")
    most = ", ".join(word for word, _ in counts.most_common(40) if word not in _GRAMMAR)[:60]
    raise ValueError(
        f"word must be given: no word stands in every sentence of {path} in one form (frequent: {most})"
    )


def _fields(rows: Sequence[tuple[Any, ...]], name: str, path: Path) -> dict[str, Any]:
    if not rows:
        raise ValueError(f"{path} holds no sentences")
    texts, spans, senses, words, second = zip(*rows, strict=True)
    return {
        "texts": texts,
        "spans": spans,
        "senses": senses,
        "words": words,
        "second": second if any(label is not None for label in second) else None,
        "name": name,
    }
