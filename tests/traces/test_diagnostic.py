"""Questions keep what they were given, are saved and read, and say what is wrong with them."""

import pytest

from bertviz_plus.traces.diagnostic import Diagnostic, Question


def test_a_saved_diagnostic_reads_back_the_same(tmp_path):
    question = Question("An ant is [MASK]", ("a", "b"), ("c",), "0", "a", "k", "d", ("e",), 0.5)
    diagnostic = Diagnostic("ants", (question, Question("A [MASK]", ("b",))))
    diagnostic.save(tmp_path / "ants.diagnostic")
    back = Diagnostic.load(tmp_path / "ants.diagnostic")
    assert (back.name, back.questions) == (diagnostic.name, diagnostic.questions)
    assert isinstance(back.questions[0].answers, tuple)


@pytest.mark.parametrize(
    ("questions", "error", "message"),
    [
        ([], ValueError, "must hold one question at least"),
        ("text", TypeError, "questions must be a sequence of Question"),
        ([3], TypeError, r"questions\[0\] must be a Question"),
        ([("A b.", ["c"])], ValueError, r"questions\[0\]: text must hold one \[MASK\], got 'A b.'"),
        ([("[MASK] [MASK]", ["c"])], ValueError, "text must hold one"),
        ([("[MASK]", [])], ValueError, "answers must hold one word at least"),
        ([("[MASK]", "word")], TypeError, "answers must be a sequence of words, got 'word'"),
        ([("[MASK]", ["a"], ["a"])], ValueError, "'a' must be an answer or a rival, and is both"),
        ([("[MASK]", ["a"], [" "])], ValueError, "rivals must be words that are not empty"),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(questions, error, message):
    with pytest.raises(error, match=message):
        Diagnostic("x", questions)


def test_an_unknown_perturbation_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"how must be one of shuffle, truncate, .*, got 'negate'"):
        Diagnostic("x", [("[MASK]", ["a"])]).perturbed("negate")


def test_a_shuffle_keeps_the_words_and_depends_on_the_seed_alone():
    diagnostic = Diagnostic("x", [("one two three four five [MASK] end", ["a"])])
    (first, again, other) = (
        diagnostic.perturbed("shuffle", seed=seed).questions[0].text for seed in (0, 0, 1)
    )
    assert first == again != other
    assert sorted(first.split()) == sorted(diagnostic.questions[0].text.split())
    assert first.endswith("[MASK] end")
