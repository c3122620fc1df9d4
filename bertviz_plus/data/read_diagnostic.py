"""Files of diagnostics for masked language models, each in the layout it was published in."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.diagnostic import MASK, Diagnostic, Question

Layout = Literal["cprag", "role", "neg", "olmpics", "lama", "blimp"]
_Row = Mapping[str, Any]
# What a file's first line must hold, by layout.
_SIGNS: dict[str, frozenset[str]] = {
    "cprag": frozenset({"context_s1", "context_s2", "expected", "within_category", "between_category"}),
    "role": frozenset({"item", "context", "expected", "target"}),
    "neg": frozenset({"item", "context_aff", "context_neg", "target_aff", "target_neg"}),
    "olmpics": frozenset({"question", "answerKey"}),
    "lama": frozenset({"obj_label"}),
    "blimp": frozenset({"sentence_good", "sentence_bad"}),
}
_CONSTRAINT = {"H": "high constraint", "L": "low constraint", "": ""}
_LICENSING = {"Y": "natural", "N": "less natural", "": ""}


def read_diagnostic(
    path: str | os.PathLike[str], layout: Layout | None = None, *, templates: Any = None
) -> Diagnostic:
    r"""Read a published diagnostic.

    Parameters
    ----------
    path : path-like
        UTF-8.
    layout : {"cprag", "role", "neg", "olmpics", "lama", "blimp"}, optional
        Told by the first line where it is not given. Ettinger's three suites: CPRAG-102, ROLE-88, both files
        of NEG-136 (tab-separated). oLMpics, LAMA and BLiMP: a JSON object a line.
    templates : path-like, optional
        LAMA's ``relations.jsonl``, where facts have neither a template nor sentences of their own; by
        default the file of that name beside `path` or in the folder above.

    Returns
    -------
    Diagnostic
        Named as the file. Conditions are "affirmative" and "negative", or "a" and "b" of ROLE-88; kinds are
        the constraint of CPRAG-102, what is natural in NEG-136-NAT, the relation of LAMA, the UID of BLiMP.
        BLiMP's pairs must differ in one word, which becomes the blank.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Naming the file, and the line that does not fit its layout.

    References
    ----------
    Ettinger 2019, "What BERT is not". Talmor et al. 2019, "oLMpics". Petroni et al. 2019, "Language Models
    as Knowledge Bases?". Warstadt et al. 2020, "BLiMP".

    Examples
    --------
    >>> import tempfile
    >>> header = "item\tcontext_aff\tcontext_neg\ttarget_aff\ttarget_neg"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "own.tsv")
    ...     _ = path.write_text(f"{header}\n0\tA cod is (a|an)\tA cod is not (a|an)\tfish\ttree\n")
    ...     own = read_diagnostic(path)
    >>> own, own.questions[1].text, own.questions[1].answers
    (Diagnostic own: 2 questions, affirmative, negative, 'A cod is not (a|an) [MASK]', ('tree',))
    """
    if not isinstance(path, str | os.PathLike):
        raise wrong_kind("path", "the path of a diagnostic", path, 'read_diagnostic("NEG-136-SIMP.tsv")')
    if layout is not None and layout not in _SIGNS:
        raise ValueError(f"layout must be one of {', '.join(_SIGNS)}, got {layout!r}")
    path = Path(path)
    lines = _lines(path)
    rows = list(_json_rows(path, lines) if lines[0][1].lstrip().startswith("{") else _table_rows(path, lines))
    if not rows:
        raise ValueError(f"{path} holds a header and no questions")
    known = _layout(path, rows[0], layout)
    read = _READERS[known]
    if known == "lama":
        read = _lama(_templates(path, templates))
    questions: list[Question] = []
    for number, row in rows:
        try:
            absent = _SIGNS[known] - row.keys()
            if absent:
                raise ValueError(f"{', '.join(sorted(absent))} is missing")
            questions += Diagnostic(path.name, tuple(read(row))).questions
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ValueError(f"{path}, line {number}: not in the layout of {known}: {said}") from error
    return Diagnostic(path.stem, tuple(questions))


def _lines(path: Path) -> list[tuple[int, str]]:
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no file of questions {path}" + (": it is a folder" if path.is_dir() else "")
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} must be UTF-8, and is not: {error}") from error
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise ValueError(f"{path} is empty")
    return [(number, line.removesuffix("\r")) for number, line in lines]


def _json_rows(path: Path, lines: list[tuple[int, str]]) -> Iterator[tuple[int, _Row]]:
    for number, line in lines:
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number}: a JSON object was expected: {error}") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path}, line {number}: a JSON object was expected, got {line!r:.40}")
        yield number, row


def _table_rows(path: Path, lines: list[tuple[int, str]]) -> Iterator[tuple[int, _Row]]:
    """Quotation marks are text."""
    header, *cells = csv.reader((line for _, line in lines), delimiter="\t", quoting=csv.QUOTE_NONE)
    for (number, _), row in zip(lines[1:], cells, strict=True):
        if len(row) > len(header):
            raise ValueError(f"{path}, line {number}: {len(row)} columns, where the header has {len(header)}")
        # Empty cells at the end may have been cut off with their tabs.
        yield number, dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=True))


def _layout(path: Path, first: tuple[int, _Row], layout: str | None) -> str:
    number, row = first
    fitting = [name for name, sign in _SIGNS.items() if sign <= row.keys()]
    if layout is None and fitting:
        return fitting[0]
    if layout is None or layout not in fitting:
        asked = f"of {layout}" if layout else f"of {', '.join(_SIGNS)}"
        raise ValueError(f"{path}, line {number}: not in the layout {asked}: it holds {', '.join(row)}")
    return layout


def _cprag(row: _Row) -> Iterator[Question]:
    rivals = (row["within_category"], row["between_category"])
    text = f"{row['context_s1']} {row['context_s2']} {MASK}"
    kind = _named(_CONSTRAINT, row.get("constraint", "").strip(), "constraint")
    yield Question(text, (row["expected"],), rivals, item=row["item"], kind=kind)


def _role(row: _Row) -> Iterator[Question]:
    item, _, condition = row["item"].rpartition("-")
    if condition not in ("a", "b"):
        raise ValueError(f"item must end in -a or -b, got {row['item']!r}")
    expected = tuple(dict.fromkeys(one.split()[0] for one in row["expected"].split("|")))
    cloze = row.get("tgt_cloze", "").strip()
    yield Question(
        f"{row['context']} {MASK}",
        expected,
        item=item,
        condition=condition,
        target=row["target"].split()[0],
        cloze=float(cloze) if cloze else None,
    )


def _neg(row: _Row) -> Iterator[Question]:
    aff, neg = row["target_aff"].strip(), row["target_neg"].strip()
    kind = _named(_LICENSING, row.get("licensing", "").strip(), "licensing")
    for name, right, wrong, condition in (("aff", aff, neg, "affirmative"), ("neg", neg, aff, "negative")):
        text = f"{row[f'context_{name}'].strip()} {MASK}"
        yield Question(text, (right,), (wrong,), row["item"].strip(), condition, kind)


def _olmpics(row: _Row) -> Iterator[Question]:
    choices = {one["label"]: one["text"] for one in row["question"]["choices"]}
    if row["answerKey"] not in choices:
        raise ValueError(f"answerKey must be one of {', '.join(choices)}, got {row['answerKey']!r}")
    answer = choices[row["answerKey"]]
    rivals = tuple(word for word in choices.values() if word != answer)
    yield Question(row["question"]["stem"].strip(), (answer,), rivals, item=str(row.get("id", "")))


def _lama(templates: Mapping[str, str]) -> Callable[[_Row], Iterator[Question]]:
    def read(row: _Row) -> Iterator[Question]:
        relation = str(row.get("predicate_id", row.get("pred", "")))
        template = row.get("template", templates.get(relation))
        if template is None and "masked_sentences" in row:
            text = " ".join(row["masked_sentences"])
        elif template is None:
            raise ValueError(f"relation {relation!r} has no template, and no masked_sentences are given")
        else:
            text = template.replace("[X]", row["sub_label"]).replace("[Y]", MASK)
        item = str(row.get("uuid", ""))
        yield Question(
            text, (row["obj_label"],), item=item, kind=relation, others=tuple(row.get("obj_others", ()))
        )

    return read


def _blimp(row: _Row) -> Iterator[Question]:
    good, bad = (re.findall(r"\w+|\W+", row[f"sentence_{which}"]) for which in ("good", "bad"))
    differ = [place for place, both in enumerate(zip(good, bad, strict=False)) if both[0] != both[1]]
    if len(good) != len(bad) or len(differ) != 1:
        raise ValueError("the two sentences must differ in one word")
    at = differ[0]
    text = "".join([*good[:at], MASK, *good[at + 1 :]])
    yield Question(
        text, (good[at],), (bad[at],), item=str(row.get("pairID", "")), kind=str(row.get("UID", ""))
    )


def _named(names: Mapping[str, str], given: str, column: str) -> str:
    if given not in names:
        raise ValueError(f"{column} must be {' or '.join(filter(None, names))}, got {given!r}")
    return names[given]


def _templates(path: Path, given: Any) -> dict[str, str]:
    if given is not None and not isinstance(given, str | os.PathLike):
        raise wrong_kind(
            "templates", "a path", given, 'read_diagnostic("P17.jsonl", templates="relations.jsonl")'
        )
    beside = [path.parent / "relations.jsonl", path.parent.parent / "relations.jsonl"]
    source = Path(given) if given is not None else next((one for one in beside if one.is_file()), None)
    if source is None:
        return {}
    found: dict[str, str] = {}
    for number, row in _json_rows(source, _lines(source)):
        if not {"relation", "template"} <= row.keys():
            raise ValueError(f"{source}, line {number}: relation and template were expected")
        found[row["relation"]] = row["template"]
    return found


_READERS: dict[str, Callable[[_Row], Iterator[Question]]] = {
    "cprag": _cprag,
    "role": _role,
    "neg": _neg,
    "olmpics": _olmpics,
    "blimp": _blimp,
    "lama": _lama({}),
}
