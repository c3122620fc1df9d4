"""The bundled trees keep what their README promises."""

from collections import Counter
from pathlib import Path

import pytest

import bertviz_plus.data
from bertviz_plus import Parse, treebank

FOLDER = Path(bertviz_plus.data.__file__).parent
README = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
ROWS = [
    line.split("\t")
    for line in (FOLDER / "treebank.conllu").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
# https://universaldependencies.org/u/dep/, and the subtypes that the English treebanks use.
RELATIONS = {
    "acl",
    "acl:relcl",
    "advcl",
    "advcl:relcl",
    "advmod",
    "amod",
    "appos",
    "aux",
    "aux:pass",
    "case",
    "cc",
    "cc:preconj",
    "ccomp",
    "clf",
    "compound",
    "compound:prt",
    "conj",
    "cop",
    "csubj",
    "csubj:outer",
    "csubj:pass",
    "dep",
    "det",
    "det:predet",
    "discourse",
    "dislocated",
    "expl",
    "fixed",
    "flat",
    "flat:foreign",
    "goeswith",
    "iobj",
    "list",
    "mark",
    "nmod",
    "nmod:desc",
    "nmod:poss",
    "nmod:unmarked",
    "nsubj",
    "nsubj:outer",
    "nsubj:pass",
    "nummod",
    "obj",
    "obl",
    "obl:agent",
    "obl:unmarked",
    "orphan",
    "parataxis",
    "punct",
    "reparandum",
    "root",
    "vocative",
    "xcomp",
}
UPOS = {
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
    "X",
}
# Words in these relations have no dependents but those of a fixed or joined expression.
FUNCTION = {"case", "mark", "cc", "aux", "aux:pass", "cop", "punct", "fixed"}
PARSES = treebank()
each_sentence = pytest.mark.parametrize("parse", PARSES, ids=lambda parse: parse.id)


@each_sentence
def test_a_tree_is_legal(parse: Parse) -> None:
    assert parse.heads.count(-1) == 1
    assert [relation == "root" for relation in parse.relations] == [head == -1 for head in parse.heads]
    assert set(parse.relations) <= RELATIONS
    assert set(parse.upos) <= UPOS
    assert [tag == "PUNCT" for tag in parse.upos] == [relation == "punct" for relation in parse.relations]
    # Following heads ends at the root, in fewer steps than there are words.
    for word in range(len(parse)):
        above = word
        for _ in parse.words:
            above = parse.heads[above] if above >= 0 else -1
        assert above == -1
    for head, word in parse.edges:
        if parse.relations[head] in FUNCTION:
            assert parse.relations[word] in ("fixed", "conj", "cc", "punct"), parse.words[word]


@each_sentence
def test_no_two_links_cross(parse: Parse) -> None:
    spans = [tuple(sorted(edge)) for edge in parse.edges]
    assert not [(a, b) for a in spans for b in spans if a[0] < b[0] < a[1] < b[1]]


def test_there_are_sentences_and_relations_enough() -> None:
    assert len(PARSES) >= 80
    assert len({parse.text for parse in PARSES}) == len({parse.id for parse in PARSES}) == len(PARSES)
    assert PARSES.n_words / len(PARSES) >= 12
    assert len(PARSES.relations) >= 25
    assert f"{len(PARSES)} English sentences of 8 to 25 words ({PARSES.n_words:,} words" in README
    assert min(map(len, PARSES)) == 8
    assert max(map(len, PARSES)) == 25


def annotation(row: list[str], name: str) -> tuple[str, ...]:
    """Head, relation and part of speech as one annotator gave them."""
    other = dict(one.split("=", 1) for one in row[9].split("|") if "=" in one)
    return tuple(other[name].split("/")) if name in other else (row[6], row[7], row[3])


def agreement(rows: list[list[str]], *parts: int) -> float:
    pairs = [(annotation(row, "First"), annotation(row, "Second")) for row in rows]
    same = [all(first[part] == second[part] for part in parts) for first, second in pairs]
    return 100 * sum(same) / len(same)


def test_the_agreement_is_the_one_of_the_readme_and_the_docstring() -> None:
    words = [row for row in ROWS if row[3] != "PUNCT"]
    head, both = agreement(words, 0), agreement(words, 0, 1)
    assert (
        f"Agreement of the two annotations: head {agreement(ROWS, 0):.1f}%, head and relation "
        f"{agreement(ROWS, 0, 1):.1f}%, part of speech {agreement(ROWS, 2):.1f}% of {len(ROWS):,} words; "
        f"without punctuation head {head:.1f}%, head and relation {both:.1f}% of {len(words):,} words."
    ) in README
    said = " ".join((treebank.__doc__ or "").split())
    assert (
        f"Of {len(words):,} words without punctuation, both gave {head:.1f}% the same head and {both:.1f}%"
        in said
    )
    differing = [row for row in ROWS if annotation(row, "First") != annotation(row, "Second")]
    assert len(differing) == 23
    followed = Counter(annotation(row, "Second") == (row[6], row[7], row[3]) for row in differing)
    assert followed[True] == 15
