"""The bundled tasks keep what their README promises, and no split repeats another."""

import json
import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

import bertviz_plus as bp
from bertviz_plus.data import tasks as reader
from bertviz_plus.data.sense_sentences import Agreement

FOLDER = Path(reader.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
FILES = ("sentiment", "topic", "entailment")
ROWS = {
    name: [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    for name in FILES
}
# The share of their words that two sentences of different splits may have in common (Jaccard).
NEAR = {"sentiment": 0.35, "topic": 0.35, "entailment": 0.5}


def words(text):
    return re.findall(r"\w+(?:['’]\w+)*", text.casefold())


def split_of_each_text(name):
    every = {}
    for row in ROWS[name]:
        for text in {row["text"], row.get("text_pair", row["text"])}:
            every[text] = row["split"]
    return every


@pytest.mark.parametrize("name", FILES)
def test_no_sentence_stands_twice(name):
    if name == "entailment":
        pairs = [(row["text"], row["text_pair"]) for row in ROWS[name]]
        assert len(set(pairs)) == len(pairs)
        every = [text for pair in pairs for text in pair]
        assert set(Counter(every).values()) == {
            2
        }  # each premise has two hypotheses, and each of them two premises
    else:
        texts = [row["text"] for row in ROWS[name]]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", FILES)
def test_no_five_words_in_a_row_stand_in_two_splits(name):
    splits = defaultdict(set)
    for text, split in split_of_each_text(name).items():
        said = words(text)
        for place in range(len(said) - 4):
            splits[tuple(said[place : place + 5])].add(split)
    assert [five for five, where in splits.items() if len(where) > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_sentences_of_two_splits_share_few_words(name):
    each = [(set(words(text)), split, text) for text, split in split_of_each_text(name).items()]
    near = [
        (one[2], other[2])
        for one, other in combinations(each, 2)
        if one[1] != other[1] and len(one[0] & other[0]) > NEAR[name] * len(one[0] | other[0])
    ]
    assert near == []


@pytest.mark.parametrize(("name", "labels"), [("sentiment", 2), ("topic", 6)])
def test_sentences_are_enough_and_their_labels_balanced(name, labels):
    counts = Counter((row["language"], row["split"], row["label"]) for row in ROWS[name])
    by_set = defaultdict(list)
    for (language, split, _), n in counts.items():
        by_set[language, split].append(n)
    assert set(by_set) == {("en", "train"), ("en", "dev"), ("en", "test"), ("de", "test"), ("fr", "test")}
    assert all(len(ns) == labels and max(ns) - min(ns) <= 1 for ns in by_set.values())
    assert sum(sum(ns) for (language, _), ns in by_set.items() if language == "en") >= 600
    assert sum(by_set["de", "test"]) >= 150
    assert sum(by_set["fr", "test"]) >= 150


@pytest.mark.parametrize("name", ["sentiment", "topic"])
def test_sentences_have_four_to_thirty_words_and_nearly_fourteen_on_average(name):
    lengths = [len(words(row["text"])) for row in ROWS[name] if row["language"] == "en"]
    assert min(lengths) >= 4
    assert max(lengths) <= 30
    assert sum(lengths) / len(lengths) >= 13.9


def fours():
    """The four pairs that two premises and two hypotheses make."""
    every = defaultdict(list)
    for row in ROWS["entailment"]:
        every[row["group"]].append(row)
    return list(every.values())


def test_neither_premise_nor_hypothesis_alone_gives_entailment_away():
    assert len(ROWS["entailment"]) >= 400
    for four in fours():
        assert len({row["split"] for row in four}) == 1
        for key in ("text", "text_pair"):
            for text in {row[key] for row in four}:
                labels = sorted(row["label"] for row in four if row[key] == text)
                assert labels == ["entailment", "not_entailment"], text


def test_in_most_pairs_common_words_do_not_tell_entailment():
    def common(row):
        hypothesis = set(words(row["text_pair"]))
        return len(hypothesis & set(words(row["text"]))) / len(hypothesis)

    told = misled = even = 0
    for four in fours():
        for premise in {row["text"] for row in four}:
            two = {row["label"]: common(row) for row in four if row["text"] == premise}
            told += two["entailment"] > two["not_entailment"]
            misled += two["entailment"] < two["not_entailment"]
            even += two["entailment"] == two["not_entailment"]
    total = told + misled + even
    assert (misled + even) / total >= 0.4
    assert f"in {told} of {total} cases" in README


@pytest.mark.parametrize("name", FILES)
def test_a_fifth_is_labelled_twice_with_the_agreement_of_the_readme(name):
    twice = [(row["label"], row["second"]) for row in ROWS[name] if "second" in row]
    assert len(twice) * 5 >= len(ROWS[name])
    found = Agreement.of(twice)
    assert found.share >= 0.9
    assert f"{name}: {found.share:.1%} of {found.n} (Cohen's kappa {found.kappa:.3f})" in README


@pytest.mark.parametrize("name", list(bp.tasks))
def test_the_baselines_are_those_of_the_readme(name):
    scores = bp.task_baselines(bp.tasks[name])
    most, bag = scores.loc["most frequent label"], scores.loc["bag of words"]
    interval = f"{bag.low:.1%} to {bag.high:.1%}"
    assert f"| {name} | {most.n:.0f} | {most.accuracy:.1%} | {bag.accuracy:.1%} ({interval}) |" in README
    if name == "sentiment":
        assert 0.6 <= bag.accuracy <= 0.75


def test_what_the_package_says_of_its_tasks():
    sentiment = bp.tasks["sentiment"]
    assert sentiment.kind == "texts"
    assert sentiment.languages == ("en", "de", "fr")
    assert {language: len(own) for language, own in sentiment.other_languages.items()} == {
        "de": 164,
        "fr": 156,
    }
    assert bp.tasks["topic"].label_names == ("food", "health", "money", "music", "sport", "travel")
    assert bp.tasks["entailment"].kind == "pairs"
    tagging = bp.tasks["pos"]
    assert tagging.kind == "words"
    assert sum(map(len, (tagging.train, tagging.dev, tagging.test))) == len(bp.treebank())
    with pytest.raises(KeyError, match="Did you mean 'sentiment'"):
        bp.tasks["sentiments"]
