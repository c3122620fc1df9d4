"""The bundled sentences and translations keep what their README promises."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import bertviz_plus.data

FOLDER = Path(bertviz_plus.data.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ROWS = [json.loads(line) for line in (FOLDER / "parallel.jsonl").read_text(encoding="utf-8").splitlines()]
LEAST = {"de": 40, "fr": 40, "es": 40, "ja": 20, "hi": 20, "ar": 20}
SCRIPTS = {
    "ja": {"HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA"},
    "hi": {"DEVANAGARI"},
    "ar": {"ARABIC"},
}


def name(row):
    return f"{row['id']}-{row['languages'][1]}"


def into(language):
    return [row for row in ROWS if row["languages"][1] == language]


def links(text):
    """All links of a pair and the sure ones among them."""
    found = [re.fullmatch(r"(\d+)([-?])(\d+)", item) for item in text.split()]
    assert all(found), text
    places = [(int(item[1]), int(item[3])) for item in found]
    assert len(places) == len(set(places)), f"a link twice in {text}"
    return set(places), {place for place, item in zip(places, found, strict=True) if item[2] == "-"}


def f1(rows, kind):
    """Micro F1 of the two alignments, over all links (0) or the sure ones (1)."""
    pairs = [(links(row["first"])[kind], links(row["second"])[kind]) for row in rows]
    return 2 * sum(len(a & b) for a, b in pairs) / sum(len(a) + len(b) for a, b in pairs)


def aer(rows, answer, truth):
    """Alignment error rate of one alignment's sure links against the other's sure and possible ones."""
    hits = total = 0
    for row in rows:
        given, (possible, sure) = links(row[answer])[1], links(row[truth])
        hits += len(given & sure) + len(given & possible)
        total += len(given) + len(sure)
    return 1 - hits / total


def test_counts_of_pairs():
    assert {row["languages"][0] for row in ROWS} == {"en"}
    counts = Counter(row["languages"][1] for row in ROWS)
    assert counts.keys() == LEAST.keys()
    for language, least in LEAST.items():
        assert counts[language] >= least, language
    ids = {language: {row["id"] for row in into(language)} for language in LEAST}
    assert ids["de"] == ids["fr"] == ids["es"] > ids["ja"] == ids["hi"] == ids["ar"]
    assert len({name(row) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_links_lie_within_the_words_and_gold_is_settled(row):
    for kind in ("gold", "first", "second"):
        every, _ = links(row[kind])
        assert every, f"{kind} has no links"
        assert all(i < len(row["source"]) and j < len(row["target"]) for i, j in every), kind
    (first, first_sure), (second, second_sure) = links(row["first"]), links(row["second"])
    assert links(row["gold"]) == (first | second, first_sure & second_sure)


def test_agreement_is_the_one_of_the_readme():
    said = (
        f"Agreement of the two alignments: F1 {f1(ROWS, 1):.3f} over sure links, "
        f"{f1(ROWS, 0):.3f} over all links; AER {aer(ROWS, 'second', 'first'):.3f} "
        f"of the second against the first, {aer(ROWS, 'first', 'second'):.3f} "
        f"of the first against the second ({len(ROWS)} pairs)."
    )
    assert said in README.splitlines()


@pytest.mark.parametrize("language", LEAST)
def test_counts_of_links_are_those_of_the_readme(language):
    rows = into(language)
    gold = [links(row["gold"]) for row in rows]
    sure = sum(len(one) for _, one in gold)
    possible = sum(len(every) for every, _ in gold) - sure
    said = f"| {language} | {len(rows)} | {sure} | {possible} | {f1(rows, 1):.3f} | {f1(rows, 0):.3f} |"
    assert said in README


def test_a_sentence_stands_once_and_its_id_is_that_of_its_english():
    by_id = defaultdict(set)
    for row in ROWS:
        by_id[row["id"]].add(tuple(row["source"]))
    assert {len(sources) for sources in by_id.values()} == {1}
    assert len({" ".join(*sources).casefold() for sources in by_id.values()}) == len(by_id)
    for language in LEAST:
        targets = [" ".join(row["target"]).casefold() for row in into(language)]
        assert len(set(targets)) == len(targets), language


def test_words_are_split_and_english_has_5_to_22():
    for row in ROWS:
        assert 5 <= len(row["source"]) <= 22, name(row)
        for word in row["source"] + row["target"]:
            assert re.fullmatch(r"\S+", word), name(row)
            assert len(word) == 1 or not re.search(r"[.,?!。、。।،؟]", word), (name(row), word)
            assert unicodedata.is_normalized("NFC", word), (name(row), word)


def test_each_language_is_in_its_script():
    for row in ROWS:
        for words, wanted in (
            (row["source"], {"LATIN"}),
            (row["target"], SCRIPTS.get(row["languages"][1], {"LATIN"})),
        ):
            letters = [sign for word in words for sign in word if sign.isalpha()]
            assert letters, name(row)
            assert {unicodedata.name(sign).split()[0] for sign in letters} <= wanted, name(row)
    for language, signs in (("de", "äöüß"), ("fr", "éèàç"), ("es", "ñáíóú¿")):
        assert set(signs) <= set("".join(word for row in into(language) for word in row["target"])), language
    assert all(any("\u3040" <= sign <= "\u309f" for sign in "".join(row["target"])) for row in into("ja"))


def test_what_makes_aligning_hard_is_there():
    split = reordered = apart = 0
    for row in into("de"):
        _, sure = links(row["gold"])
        places = defaultdict(list)
        for i, j in sure:
            places[i].append(j)
        split += any(max(js) - min(js) >= len(js) for js in places.values())
        apart += max(Counter(j for _, j in sure).values()) > 1
    assert split >= 2, "separable verbs"
    assert apart >= 5, "compounds and contractions"
    for language in LEAST:
        for row in into(language):
            _, sure = links(row["gold"])
            reordered += any(a < b and c > d for a, c in sure for b, d in sure)
        idiom = next(row for row in into(language) if row["id"] == "p11")
        every, sure = links(idiom["gold"])
        assert len(every) > len(sure) + 3, language
    assert reordered >= 100, "reordering"
    assert any("I" in row["source"] and "yo" not in row["target"] for row in into("es")), "dropped pronouns"
