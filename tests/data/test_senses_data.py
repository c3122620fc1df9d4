"""The bundled sentences keep what their README promises, and no bag of words gives the senses away."""

import json
import math
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.data import sense_sentences as reader
from bertviz_plus.data.sense_sentences import sense_sentences
from tests.models.needed import need

FOLDER = Path(reader.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ROWS = [json.loads(line) for line in (FOLDER / "senses.jsonl").read_text(encoding="utf-8").splitlines()]
WORDS = sorted({row["word"] for row in ROWS})
SENSES = sorted({(row["word"], row["sense"]) for row in ROWS})
FORMS = {
    "charge": {"charge", "charges", "charged", "charging"},
    "draw": {"draw", "draws", "drew", "drawn", "drawing"},
    "run": {"run", "runs", "ran", "running"},
}


def forms(word):
    """All forms of a word: those of a verb, or a noun and its plural."""
    return FORMS.get(word) or {word, f"{word}{'es' if word.endswith(('ch', 's')) else 's'}"}


def tokens(text):
    return re.findall(r"\w+(?:['’]\w+)*", text.casefold())


def of(word, sense=None):
    return [row for row in ROWS if row["word"] == word and sense in (None, row["sense"])]


def rightly_nearest(similarity, senses):
    """Share of rows whose most similar other row has their sense."""
    similarity = similarity.copy()
    np.fill_diagonal(similarity, -np.inf)
    senses = np.array(senses)
    return float((senses[similarity.argmax(axis=1)] == senses).mean())


def bag_of_words(word):
    """1-nearest-neighbour accuracy of word counts without the word, leaving one out."""
    rows = of(word)
    bags = [Counter(tokens(f"{row['text'][: row['start']]} {row['text'][row['end'] :]}")) for row in rows]
    norms = [math.sqrt(sum(count * count for count in bag.values())) for bag in bags]
    similarity = np.array(
        [
            [sum(count * other[token] for token, count in bag.items()) / (norm * other_norm)
             for other, other_norm in zip(bags, norms, strict=True)]
            for bag, norm in zip(bags, norms, strict=True)
        ]
    )  # fmt: skip
    return rightly_nearest(similarity, [row["sense"] for row in rows])


def test_words_senses_and_counts():
    assert len(WORDS) >= 12
    assert {row["pos"] for row in ROWS} == {"noun", "verb"}
    for word in WORDS:
        assert 2 <= len({row["sense"] for row in of(word)}) <= 4, word
        assert len({row["pos"] for row in of(word)}) == 1, word
    for word, sense in SENSES:
        assert len(of(word, sense)) >= 25, (word, sense)
    assert [(row["word"], row["sense"]) for row in ROWS] == sorted(
        (row["word"], row["sense"]) for row in ROWS
    )


def test_each_span_is_a_form_of_the_word_which_stands_once():
    for row in ROWS:
        text = row["text"]
        assert text[row["start"] : row["end"]].casefold() in forms(row["word"]), text
        standing = [token for token in tokens(text) if re.sub(r"['’]s?$", "", token) in forms(row["word"])]
        assert len(standing) == 1, text


def test_no_sentence_twice_and_no_four_words_in_a_row_shared_within_a_sense():
    assert len({row["text"].casefold() for row in ROWS}) == len(ROWS)
    for word, sense in SENSES:
        where = defaultdict(set)
        for place, row in enumerate(of(word, sense)):
            said = tokens(row["text"])
            for four in zip(said, said[1:], said[2:], said[3:], strict=False):
                where[four].add(place)
        assert [" ".join(four) for four, places in where.items() if len(places) > 1] == [], (word, sense)


def test_lengths():
    lengths = [len(tokens(row["text"])) for row in ROWS]
    assert np.mean(lengths) >= 12
    assert min(lengths) >= 7
    assert max(lengths) <= 30
    for word, sense in SENSES:
        own = [len(tokens(row["text"])) for row in of(word, sense)]
        assert np.mean(own) >= 12, (word, sense)
        assert np.std(own) >= 2, (word, sense)


def test_the_word_stands_at_the_start_in_the_middle_and_at_the_end_and_in_several_forms():
    for word, sense in SENSES:
        rows = of(word, sense)
        thirds = Counter(min(2, int(3 * row["start"] / len(row["text"]))) for row in rows)
        assert min(thirds[third] for third in range(3)) >= len(rows) / 12, (word, sense, thirds)
        said = Counter(row["text"][row["start"] : row["end"]].casefold() for row in rows)
        assert sum(said.values()) - max(said.values()) >= 3, (word, sense, said)


def test_sentences_begin_in_many_ways():
    for word, sense in SENSES:
        begun = Counter(tuple(tokens(row["text"])[:2]) for row in of(word, sense))
        assert max(begun.values()) <= 5, (word, sense, begun.most_common(1))
        assert len(begun) >= 0.7 * len(of(word, sense)), (word, sense)
    assert all(one["text"] != other["text"] for one, other in pairwise(ROWS))


def test_a_fifth_is_labelled_twice_and_the_readme_states_the_agreement():
    twice = [row for row in ROWS if "second" in row]
    assert len(twice) >= len(ROWS) / 5
    for row in twice:
        assert (row["word"], row["second"]) in SENSES, row["text"]
    for word, sense in SENSES:
        assert sum(row in twice for row in of(word, sense)) >= len(of(word, sense)) // 5, (word, sense)
    agreement = sense_sentences().agreement()
    assert agreement.n == len(twice)
    stated = re.search(r"Agreement of the two labellings: (\d+\.\d)%", README)
    assert stated, "README.md must state the agreement as a percentage with one decimal"
    assert float(stated[1]) == pytest.approx(100 * agreement.share, abs=0.051)
    assert agreement.share >= 0.9


def test_the_readme_counts_what_is_there():
    assert (
        f"{len(ROWS):,} English sentences with {len(WORDS)} ambiguous words in {len(SENSES)} senses" in README
    )
    for word, sense in SENSES:
        assert re.search(
            rf"^\| {word} \| \w+ \| {sense} \| .+ \| {len(of(word, sense))} \|$", README, re.MULTILINE
        )
    assert "CC0 1.0" in (FOLDER / "LICENSE").read_text(encoding="utf-8")


def test_a_bag_of_words_stays_fifteen_points_below_the_best_layer_of_minilm():
    bags = np.mean([bag_of_words(word) for word in WORDS])
    occurrences = bp.occurrences(need("all-MiniLM-L6-v2"), WORDS, sense_sentences(), progress=False)
    assert len(occurrences) == len(ROWS)
    unit = occurrences.vectors / np.linalg.norm(occurrences.vectors, axis=-1, keepdims=True)
    layers = []
    for layer in unit:
        scores = []
        for word in WORDS:
            here = [place for place, other in enumerate(occurrences.words) if other == word]
            scores.append(rightly_nearest(layer[here] @ layer[here].T, [occurrences.senses[i] for i in here]))
        layers.append(np.mean(scores))
    assert max(layers) - bags >= 0.15, (layers, bags)
