"""The bundled diagnostics keep what their README promises, and published files are read to the item."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import bertviz_plus as bp
import bertviz_plus.data

FOLDER = Path(bertviz_plus.data.__file__).parent
README = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
OWN = ("negation", "roles", "agreement", "facts")
MADE = ("ages", "oldest", "kinds", "shared kinds")
published = pytest.mark.skipif(not SHARED.is_dir(), reason="published files are not beside the repository")


@pytest.fixture(scope="module")
def vocabularies():
    return [set(bp.load(name).tokenizer.get_vocab()) for name in ("distilbert-tagger", "bert-tiny")]


@pytest.mark.parametrize("name", [*OWN, *MADE])
def test_every_word_that_is_asked_for_is_one_wordpiece_of_both_vocabularies(name, vocabularies):
    cased, uncased = vocabularies
    for question in bp.diagnostic(name).questions:
        for word in (*question.answers, *question.words):
            assert word in cased, (word, question)
            assert word.lower() in uncased, (word, question)


@pytest.mark.parametrize("name", [*OWN, *MADE])
def test_no_question_stands_twice(name):
    questions = [(one.text, one.words) for one in bp.diagnostic(name).questions]
    assert len(questions) == len(set(questions)) >= 76


def test_the_counts_are_those_of_the_readme():
    number = {name: bp.diagnostic(name).questions for name in OWN}
    assert f"{len(number['negation']) // 2} pairs" in README
    assert len(number["negation"]) >= 120
    assert f"{len(number['roles']) // 2} pairs" in README
    assert len(number["roles"]) >= 80
    kinds = Counter(one.kind for one in number["agreement"])
    assert kinds == {"agreement_plain": 38, "agreement_attractor": 38}
    relations = Counter(one.kind for one in number["facts"])
    said = "{kind} kinds, {capital} capitals, {language} languages, {material} materials, {colour} colours"
    assert said.format(**relations) in README
    assert relations["kind"] >= 150


def test_the_two_steps_are_asked_in_the_same_words_and_each_answer_as_often():
    one, two = (bp.diagnostic(name).questions for name in ("kinds", "shared kinds"))
    form = re.compile(r"An? [a-z]+ and an? [a-z]+ are both a kind of \[MASK\]\.")
    assert all(form.fullmatch(question.text) for question in (*one, *two))
    assert {*Counter(question.answers[0] for question in two).values()} == {40}
    # What a thing is by itself: every wrong choice of two steps is right of one step.
    alone = {word for question in one for word in question.answers}
    assert alone == {word for question in two for word in question.rivals}


def test_a_negation_turns_true_and_false_round():
    questions = bp.diagnostic("negation").questions
    for affirmative, negative in zip(questions[::2], questions[1::2], strict=True):
        assert affirmative.item == negative.item
        assert affirmative.text.replace(" is ", " is not ") == negative.text
        assert (affirmative.answers, affirmative.rivals) == (negative.rivals, negative.answers)


def test_roles_change_places():
    questions = bp.diagnostic("roles").questions
    for natural, turned in zip(questions[::2], questions[1::2], strict=True):
        assert (natural.condition, turned.condition) == ("a", "b")
        swapped = re.sub(r"which (\w+) the (\w+) had", r"which \2 the \1 had", natural.text)
        assert swapped == turned.text
        assert natural.target == turned.target == natural.answers[0]
        assert not {*natural.answers} & {*turned.answers}


def test_half_of_the_agreeing_subjects_are_singular():
    singular = {"is", "was", "has"}
    for kind in ("agreement_plain", "agreement_attractor"):
        questions = bp.diagnostic("agreement").where(lambda one, kind=kind: one.kind == kind).questions
        one = sum(one.answers[0] in singular or one.answers[0].endswith("s") for one in questions)
        assert one == len(questions) // 2


def test_no_subject_was_trained_on():
    trained = FOLDER / "kinds.txt"
    if not trained.is_file():
        pytest.skip("the sentences about kinds are not bundled")
    subject = re.compile(r"^(?:An? )?(.+?) (?:is|are) (?:a |an )?(?:kind |piece )?", re.IGNORECASE)
    said = filter(None, map(subject.match, trained.read_text(encoding="utf-8").splitlines()))
    names = {one[1].casefold() for one in said}
    for name in ("negation", "facts"):
        for question in bp.diagnostic(name).questions:
            found = subject.match(question.text)
            assert found is None or found[1].casefold() not in names, question


@pytest.mark.parametrize(("name", "share"), [("ages", 1 / 2), ("oldest", 1 / 3), ("kinds", 1 / 3)])
def test_no_place_or_word_gives_the_answer_away(name, share):
    questions = bp.diagnostic(name).questions
    if name == "oldest":
        first = [one.text.split()[0] == one.answers[0] for one in questions]
        assert sum(first) == len(questions) * share
    most = Counter(one.answers[0] for one in questions).most_common(1)[0][1]
    assert most <= len(questions) * (share + 0.05)


@pytest.mark.parametrize("name", ["ages", "oldest"])
def test_made_answers_follow_from_the_numbers(name):
    for seed in range(3):
        for question in bp.diagnostic(name, seed=seed).questions:
            numbers = [int(number) for number in re.findall(r"\d+", question.text)]
            if name == "ages":
                assert question.answers[0] == ("older" if numbers[0] > numbers[1] else "younger")
            else:
                people = re.findall(r"(\w+) is \d+", question.text)
                assert question.answers[0] == people[numbers.index(max(numbers))]


def test_a_seed_makes_the_same_questions_again():
    first, again, other = (bp.diagnostic("ages", seed=seed).questions for seed in (1, 1, 2))
    assert first == again != other


@published
@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("lm-diagnostics/CPRAG-102_CPRAG-102.tsv", 34),
        ("lm-diagnostics/ROLE-88_ROLE-88.tsv", 88),
        ("lm-diagnostics/NEG-136_NEG-136-SIMP.tsv", 36),
        ("lm-diagnostics/NEG-136_NEG-136-NAT.tsv", 32),
        ("olmpics/age_comparison_dev.jsonl", 500),
        ("olmpics/always_never_dev.jsonl", 280),
        ("olmpics/taxonomy_conjunction_dev.jsonl", 599),
    ],
)
def test_published_files_are_read_whole(path, number):
    assert len(bp.read_diagnostic(SHARED / path)) == number


@published
def test_perturbations_part_sentences_where_the_file_does():
    path = SHARED / "lm-diagnostics" / "CPRAG-102_CPRAG-102.tsv"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
    diagnostic = bp.read_diagnostic(path)
    cut, shuffled = (diagnostic.perturbed(how).questions for how in ("truncate", "shuffle"))
    for (_, first, second, *_), truncated, mixed in zip(rows, cut, shuffled, strict=True):
        assert truncated.text == f"{first} {' '.join(second.split()[-2:])} [MASK]"
        assert mixed.text.endswith(f". {second} [MASK]")
        words = mixed.text.removesuffix(f". {second} [MASK]").split()
        assert sorted(words) == sorted(first.replace(".", "").split())
        assert words != first.replace(".", "").split()


@published
@pytest.mark.parametrize(
    ("how", "pattern"),
    [
        ("no_object", r"which one the \w+"),
        ("no_subject", r"which \w+ the other had"),
        ("no_arguments", "which one the other had"),
    ],
)
def test_arguments_are_taken_away(how, pattern):
    diagnostic = bp.read_diagnostic(SHARED / "lm-diagnostics" / "ROLE-88_ROLE-88.tsv")
    changed = [re.search(pattern, one.text) is not None for one in diagnostic.perturbed(how).questions]
    assert sum(changed) >= 80


NEG = "item\tcontext_aff\tcontext_neg\ttarget_aff\ttarget_neg"
OLMPICS = {
    "answerKey": "C",
    "id": "x",
    "question": {"choices": [{"label": "A", "text": "a"}], "stem": "[MASK]"},
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (f"{NEG}\n", "holds a header and no questions"),
        ("a\tb\n1\t2\n", "line 2: not in the layout of cprag, .*: it holds a, b"),
        (f"{NEG}\n0\tx\ty\tfish\ttree\tmore\n", "line 2: 6 columns, where the header has 5"),
        (f"{NEG}\n0\tx\ty\tfish\ttree\n1\tx\ty\tfish\n", "line 3: .* must be words that are not empty"),
        (f"{NEG}\n0\tx\ty\tfish\tfish\n", "line 2: .*'fish' must be an answer or a rival"),
        (f"{NEG}\tlicensing\n0\tx\ty\ta\tb\tQ\n", "line 2: .*licensing must be Y or N, got 'Q'"),
        ("item\tcontext\texpected\ttarget\n7\tx\ta\tb\n", "line 2: .*item must end in -a or -b, got '7'"),
        (json.dumps(OLMPICS), "line 1: .*answerKey must be one of A, got 'C'"),
        ('{"question": {}, "answerKey": "A"}', "line 1: .*'choices' is missing"),
        ('{"a": 1', "line 1: a JSON object was expected"),
        ('{"obj_label": "x", "predicate_id": "P1", "sub_label": "y"}', "relation 'P1' has no template"),
        ('{"obj_label": "x", "masked_sentences": ["no blank"]}', r"text must hold one \[MASK\]"),
        ('{"sentence_good": "a b.", "sentence_bad": "a c d."}', "must differ in one word"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path, text, message):
    path = tmp_path / "bad.file"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"bad\.file.*{message}"):
        bp.read_diagnostic(path)


def test_a_file_in_another_layout_or_encoding_is_refused(tmp_path):
    path = tmp_path / "x.tsv"
    with pytest.raises(FileNotFoundError, match="no file of questions"):
        bp.read_diagnostic(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="must be UTF-8"):
        bp.read_diagnostic(path)
    path.write_text(f"{NEG}\n0\tx\ty\ta\tb\n")
    with pytest.raises(ValueError, match="line 2: not in the layout of role"):
        bp.read_diagnostic(path, "role")
    with pytest.raises(ValueError, match="layout must be one of cprag"):
        bp.read_diagnostic(path, "conll")
    with pytest.raises(TypeError, match="path must be the path of a diagnostic, got int 3"):
        bp.read_diagnostic(3)


def test_lamas_layouts_are_read(tmp_path):
    (tmp_path / "relations.jsonl").write_text(
        '{"relation": "P36", "template": "The capital of [X] is [Y] ."}\n'
    )
    (tmp_path / "TREx").mkdir()
    facts = tmp_path / "TREx" / "P36.jsonl"
    facts.write_text('{"uuid": "1", "predicate_id": "P36", "sub_label": "Peru", "obj_label": "Lima"}\n')
    (question,) = bp.read_diagnostic(facts).questions
    assert (question.text, question.answers) == ("The capital of Peru is [MASK] .", ("Lima",))
    other = tmp_path / "concepts.jsonl"
    other.write_text('{"pred": "IsA", "obj_label": "bird", "masked_sentences": ["A hen is a [MASK]."]}\n')
    assert bp.read_diagnostic(other).questions[0].kind == "IsA"


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"name must be one of negation, roles, .*, got 'senses'"):
        bp.diagnostic("senses")
    with pytest.raises(TypeError, match=r"seed must be a whole number, got float 1\.5"):
        bp.diagnostic("ages", seed=1.5)
