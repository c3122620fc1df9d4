from pathlib import Path

import pytest

import bertviz_plus as bp
from bertviz_plus import Parse, Parses, relation_heads, relation_scores
from bertviz_plus.measures.syntax.relations import OFFSETS, Dependents
from tests.made_parses import LENGTH, RELATIONS, follows, heard, knows_nothing, parses


def test_a_head_that_follows_a_relation_is_found_with_an_accuracy_of_one() -> None:
    table = relation_heads(heard(parses(), follows), resamples=50).set_index("relation")
    assert table.index[0] == "all"
    for head, relation in enumerate(RELATIONS):
        own = table.loc[relation]
        assert (own["layer"], own["head"], own["direction"], own["agreed"]) == (
            0,
            head,
            "dependent to head",
            True,
        )
        assert own["accuracy"] == own["low"] == own["high"] == 1
        assert own["gain"] == pytest.approx(1 - own["baseline"])
        assert 0.3 < own["gain_low"] <= own["gain"] <= own["gain_high"]
    assert table.loc["all", "accuracy"] < 0.7


def test_choosing_from_many_heads_that_know_nothing_is_not_rewarded() -> None:
    read = heard(parses(), knows_nothing, heads=40)
    table = relation_heads(read, resamples=50).set_index("relation")
    best = relation_scores(read).groupby("relation")["accuracy"].max()
    for relation in RELATIONS:
        # Chosen and scored on the same words, the best of 160 looks better than chance, 1 in 8.
        assert best[relation] > 0.17
        assert table.loc[relation, "accuracy"] < best[relation]
        assert table.loc[relation, "low"] < 1 / LENGTH + 0.03


def test_a_relation_at_a_fixed_offset_leaves_nothing_for_a_head_to_gain() -> None:
    chains = Parses([Parse(list("abcd"), (1, 2, 3, -1), ("det", "det", "det", "root"))] * 20)
    read = heard(chains, lambda parse, place, _: parse.heads[place])
    (row,) = relation_heads(read, resamples=20).set_index("relation").loc[["det"]].to_dict("records")
    assert (row["offset"], row["baseline"], row["accuracy"], row["gain"]) == (1, 1, 1, 0)


def test_an_offset_out_of_the_sentence_means_its_edge() -> None:
    read = heard(Parses([Parse(list("abc"), (2, 2, -1), ("det", "det", "root"))]), knows_nothing)
    found = Dependents.of(read).found_by_offsets(read)
    assert found[OFFSETS.index(1)].tolist() == [False, True]
    assert found[OFFSETS.index(2)].tolist() == [True, True]
    assert not found[OFFSETS.index(-1)].any()


def test_every_count_is_what_a_loop_counts() -> None:
    read = bp.syntax(bp.load("bert-tiny"), bp.treebank()[:12], progress=False)
    table = relation_scores(read).set_index(["relation", "layer", "head", "direction"])
    for relation, layer, head, by in (("det", 0, 1, False), ("nsubj", 1, 0, True), ("obj", 1, 1, True)):
        right = n = 0
        for number, parse in enumerate(read.parses):
            own = (read.attended_by if by else read.attended)[layer, head, read.places(number)]
            for place in range(len(parse)):
                if parse.relations[place] == relation:
                    n += 1
                    right += int(own[place] == parse.heads[place])
        row = table.loc[relation, layer, head, "head to dependent" if by else "dependent to head"]
        assert (row["n"], row["right"]) == (n, right)


def test_words_that_the_tokenizer_drops_are_not_counted() -> None:
    dropped = Parse(("a", "\u200b", "b", "c"), (1, 2, -1, 2), ("det", "obj", "root", "obj"))
    read = bp.syntax(bp.load("bert-tiny"), Parses([dropped]), progress=False)
    own = Dependents.of(read)
    # Neither the dropped word nor the one that hangs on it.
    assert own.words.tolist() == [3]


def test_sentences_of_one_word_have_no_head_to_find() -> None:
    dropped = Parse(("\u200b",), (-1,))
    read = bp.syntax(bp.load("bert-tiny"), Parses([Parse(("Stop",), (-1,)), dropped]), progress=False)
    table = relation_scores(read)
    assert set(table["relation"]) == {"all"}
    assert (table["n"] == 0).all()
    assert table["accuracy"].isna().all()
    with pytest.raises(ValueError, match="no relation has 20 words whose heads the model reads"):
        relation_heads(read)


def test_what_cannot_be_scored_is_refused() -> None:
    for fewest in (0, "many"):
        with pytest.raises(ValueError, match="fewest must be a whole number from 1 on, got"):
            relation_heads(heard(parses(), follows), fewest=fewest)
    with pytest.raises(TypeError, match="read must be ParsesRead, which syntax"):
        relation_heads(parses())
    with pytest.raises(ValueError, match="no relation has 2000 words"):
        relation_heads(heard(parses(), follows), fewest=2000)


@pytest.mark.slow
def test_a_distilbert_tagger_follows_objects_prepositions_and_articles() -> None:
    path = Path(__file__).parents[4] / "shared" / "data" / "ud" / "en_pud_200.conllu"
    if not path.exists():
        pytest.skip("the treebanks of Universal Dependencies are not beside this checkout")
    read = bp.syntax(bp.load("distilbert-tagger"), bp.read_conllu(path), progress=False)
    table = relation_heads(read).set_index("relation")
    for relation, least in (("obj", 0.65), ("case", 0.78), ("det", 0.80)):
        assert table.loc[relation, "accuracy"] >= least
        assert table.loc[relation, "gain"] >= 0.20
