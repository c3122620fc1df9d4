"""What finding 8 rests on: whose accuracy it is, and that a head of whole trees would refute it."""

import pytest

import bertviz_plus as bp
from bertviz_plus.findings.relation_sample import RelationSample
from bertviz_plus.measures.syntax.relations import relation_heads
from tests.made_parses import RELATIONS, follows, heard, knows_nothing, parses

QUICK = {"resamples": 100, "progress": False}


def run(read: bp.ParsesRead, **options):
    return bp.primer["syntax-heads"].run(data=read, **QUICK | options)


def test_a_head_that_gives_whole_trees_refutes_the_claim() -> None:
    result = run(heard(parses(), lambda parse, place, head: parse.heads[place] if head == 4 else -1))
    (found,) = result.comparisons
    assert result.number == 1
    assert found.baselines["one head for all relations"] == 1
    assert result.verdict == "fails"


def test_relations_at_fixed_offsets_are_no_reason_to_speak_of_heads() -> None:
    chains = bp.Parses([bp.Parse(list("abcde"), (1, 2, 3, 4, -1), ("det",) * 4 + ("root",))] * 40)
    result = run(heard(chains, lambda parse, place, _: parse.heads[place]))
    assert result.comparisons[0].baselines["a fixed offset for each relation"] == 1
    assert result.verdict == "fails"


def test_the_number_is_the_mean_of_the_accuracies_of_the_relations() -> None:
    read = bp.syntax(bp.load("bert-tiny"), bp.treebank(), progress=False)
    result = run(read)
    table = relation_heads(read, resamples=10).set_index("relation")
    own = table.drop(["all", "punct"])
    # The halves are drawn from other sentences where a relation is scored alone.
    assert result.number == pytest.approx(own["accuracy"].mean(), abs=0.03)
    assert set(result.details["relation"]) == set(table.index)
    assert "words in 25 relations of fewer than 20 words" in " ".join(result.notes)


def test_every_relation_has_a_head_of_its_own_which_the_provenance_names() -> None:
    result = run(heard(parses(), follows))
    first, second = result.provenance["heads chosen"]
    assert first == second == ", ".join(sorted(f"{name} 0-{head}" for head, name in enumerate(RELATIONS)))
    assert "each relation at its own" in result.notes[-1]
    assert "No head gives a whole tree" in result.notes[0]


def test_words_in_the_same_sentence_are_in_the_same_half() -> None:
    sample = RelationSample.of(heard(parses(), knows_nothing), seed=3)
    for sentence in set(sample.sentences.tolist()):
        own = sample.sentences == sentence
        assert len(set(sample.second_half[own].tolist())) == 1
        assert sample.second_half[own][0] == sample.trees.second_half[sentence]


def test_the_chart_has_a_row_for_each_relation() -> None:
    result = run(heard(parses(), follows))
    grid, _ = result.show().to_dict()["hconcat"]
    assert grid["encoding"]["y"]["sort"] == result.details["relation"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "verdict"), [("all-MiniLM-L6-v2", "weak"), ("bert-tiny", "fails")])
def test_bundled_models_on_the_treebank_of_the_package(name: str, verdict: str) -> None:
    result = bp.primer["syntax-heads"].run(bp.load(name), progress=False)
    assert result.verdict == verdict
    assert result.comparisons[0].baselines["a fixed offset for each relation"] == pytest.approx(
        0.494, abs=0.001
    )
