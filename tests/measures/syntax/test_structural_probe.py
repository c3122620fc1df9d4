"""The structural probe finds the tree where there is one, says what it must beat, and saves."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.syntax.projections import fit_projection
from bertviz_plus.measures.syntax.structural_curve import structural_curve
from bertviz_plus.measures.syntax.tree_scores import linked
from bertviz_plus.traces.word_vectors import WordVectors
from tests.findings.planted_probes import trees


def test_a_planted_tree_is_found_in_its_layer_alone():
    parses, vectors = trees(1)
    held, seen = trees(1, seed=1)
    probe = bp.StructuralProbe(rank=16).fit(vectors, parses, hidden_layer=2)
    table = probe.score(held, seen, resamples=50).set_index("measure")
    assert table.loc["uuas", "value"] > 0.95
    assert table.loc["dspr", "value"] > 0.9
    assert table.loc["uuas", "layer_0"] < 0.5
    assert table.loc["uuas", "chain"] < 0.5
    assert np.isnan(table.loc["uuas", "untrained"])
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_learning_brings_the_loss_down_and_the_seed_decides():
    parses, vectors = trees(1, n=30)
    own = [vectors.of(place, 2) for place in range(30)]
    gold = [one.tree_distances() for one in parses]
    short, long = (fit_projection(own, gold, "distance", rank=8, epochs=n) for n in (1, 30))
    assert long.dev_loss < short.dev_loss
    again = fit_projection(own, gold, "distance", rank=8, epochs=30)
    assert np.array_equal(long.matrix, again.matrix)
    assert (long.train_sentences, long.dev_sentences) == (27, 3)


def test_a_probe_comes_back_from_its_file(tmp_path):
    parses, vectors = trees(1, n=20)
    probe = bp.StructuralProbe(rank=4, seed=3).fit(vectors, parses, hidden_layer=2)
    probe.save(tmp_path / "a.probe")
    back = bp.StructuralProbe.load(tmp_path / "a.probe")
    assert repr(back) == repr(probe)
    assert back.report.equals(probe.report)
    both = (one.predict(parses, vectors)[0] for one in (probe, back))
    assert all(np.array_equal(*pair) for pair in zip(*both, strict=True))
    with pytest.raises(TypeError, match="model must be given to a probe that was loaded"):
        back.score(parses)
    (tmp_path / "b.probe").write_text("no probe")
    with pytest.raises(ValueError, match="is no structural probe, or is damaged"):
        bp.StructuralProbe.load(tmp_path / "b.probe")


def test_a_predicted_tree_is_a_tree():
    parses, vectors = trees(1, n=20)
    for tree in bp.StructuralProbe(rank=4).fit(vectors, parses, 2).predict(parses, vectors):
        bp_heads = tree.heads.tolist()
        assert bp_heads.count(-1) == 1
        assert bp_heads[int(tree.depths.argmin())] == -1


def test_a_real_model_has_all_its_baselines():
    parses = bp.treebank().take(range(12))
    model = bp.load("bert-tiny")
    probe = bp.StructuralProbe(rank=4).fit(model, parses, hidden_layer=1, progress=False)
    assert set(probe.maps) == {"own", "layer_0", "untrained"}
    table = probe.score(parses, resamples=20, progress=False)
    assert table[["chain", "layer_0", "untrained", "value"]].notna().all(axis=None)
    assert len(probe.predict([["A", "cat", "sat"]], progress=False)[0].heads) == 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda *_: bp.StructuralProbe(rank=0), ValueError, "rank must be a whole number from 1 on"),
        (lambda _, v: bp.StructuralProbe().fit(v, "en.conllu", 2), TypeError, "train must be Parses"),
        (lambda p, v: bp.StructuralProbe().fit(v, p, 9), ValueError, "hidden_layer must be one of 0, 1"),
        (lambda p, v: bp.StructuralProbe().fit(v, p.take([0]), 2), ValueError, "the same sentences"),
        (lambda p, _: bp.StructuralProbe().score(p), ValueError, "the probe must be fitted first"),
    ],
)
def test_bad_input_is_named(call, error, message):
    parses, vectors = trees(1, n=3)
    with pytest.raises(error, match=message):
        call(parses, vectors)


def test_sentences_with_a_dropped_word_are_left_out_and_said():
    from bertviz_plus.measures.syntax.probed_trees import read_parses
    from bertviz_plus.traces.parse import Parse
    from bertviz_plus.traces.parses import Parses

    parses = Parses((Parse(("A", "\u200b", "cat"), (2, 0, -1)), Parse(("It", "sat"), (1, -1))))
    with pytest.warns(UserWarning, match="1 of 2 sentences have words that the tokenizer makes no token of"):
        read = read_parses(bp.load("bert-tiny"), parses, progress=False)
    assert read.is_whole.tolist() == [False, True]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m, p: bp.StructuralProbe().fit(m, p, 9), ValueError, r"hidden_layer must be 0\.\.2, 0 being"),
        (lambda m, p: bp.StructuralProbe().fit(m, p, "1"), ValueError, "hidden_layer must be .*, got '1'"),
        (lambda _, p: bp.StructuralProbe().fit("m", p, 1), TypeError, "model must be"),
        (lambda m, p: structural_curve(m, list(p), p), TypeError, "train must be Parses, .* got list"),
        (lambda m, p: structural_curve(m, p, p.take([])), ValueError, "test must hold at least one sentence"),
        (lambda m, p: structural_curve(m, p, p, rank=0), ValueError, "rank must be a whole number"),
        (
            lambda m, _: bp.StructuralProbe().fit(m, bp.Parses((bp.Parse(("Stop",), (-1,)),) * 3), 1),
            ValueError,
            "train must hold two sentences of several words at least, got 0 of 3",
        ),
    ],
)
def test_bad_input_of_a_model_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call(bp.load("bert-tiny"), bp.treebank().take(range(4)))


def test_sentences_that_cannot_be_scored_are_named():
    parses = bp.treebank().take(range(4))
    probe = bp.StructuralProbe(rank=2).fit(bp.load("bert-tiny"), parses, 1, untrained=False, progress=False)
    words = probe.score(bp.Parses((bp.Parse(("Stop",), (-1,)),)), resamples=10, progress=False)
    assert words.set_index("measure")["value"].isna().to_dict() == {
        "uuas": True,
        "dspr": True,
        "root": False,
        "nspr": True,
    }
    dropped = bp.Parses((bp.Parse(("\u200b", "it"), (1, -1)),))
    with (
        pytest.warns(UserWarning, match="1 of 1 sentences have words"),
        pytest.raises(ValueError, match="test must hold a sentence whose words the tokenizer all keeps"),
    ):
        probe.score(dropped, progress=False)
    with pytest.raises(ValueError, match=r"vectors must have 128 numbers each, .* got 384"):
        probe.score(parses, bp.load(), resamples=10, progress=False)


def test_words_are_read_as_one_by_one():
    model = bp.load("bert-tiny")
    sentences = [["Unbelievable", "cats"], ["A", "cat", "sat"]]
    together = bp.word_vectors(model, sentences, progress=False)
    for place, words in enumerate(sentences):
        trace = model.trace(words=words, keep=("hidden_states",))
        for word in range(len(words)):
            tokens = [at for at, own in enumerate(trace.word_ids) if own == word]
            expected = np.asarray(trace.hidden_states)[2, tokens].mean(axis=0)
            assert np.abs(together.of(place, 2)[word] - expected).max() < 1e-5


def test_word_vectors_come_back_from_their_file(tmp_path):
    _, vectors = trees(1, n=3)
    vectors.save(tmp_path / "a.words")
    back = WordVectors.load(tmp_path / "a.words")
    assert np.array_equal(back.vectors, vectors.vectors)
    assert back.sentences == vectors.sentences


def test_a_probes_trees_are_those_that_it_is_scored_by() -> None:
    model, parses = bp.load("bert-tiny"), bp.treebank()
    train, test = parses[:30], parses[60:70]
    probe = bp.StructuralProbe(rank=8).fit(model, train, hidden_layer=1, progress=False)
    read = bp.syntax(model, test, progress=False)
    shown = read.with_probe_trees(probe.trees(read, progress=False)[np.newaxis], [1])
    predicted = probe.predict(test, progress=False)
    for place, one in enumerate(predicted):
        own = read.places(place)
        tree, kept = shown.probe_trees[0, own], read.kept[own]
        links = {frozenset((word, int(head))) for word, head in enumerate(tree) if head >= 0}
        wanted = {frozenset(map(int, pair)) for pair in np.argwhere(linked(one.distances, kept))}
        assert links == wanted
    view = bp.SyntaxView(shown, source="probe")
    assert view.hidden_layer == 1
    whole = np.concatenate([one.heads for one in predicted])[np.newaxis]
    with pytest.raises(ValueError, match="hang on punctuation"):
        read.with_probe_trees(whole, [1])
