"""Tasks come from tables and files; what does not fit is named."""

import json

import pandas as pd
import pytest

import bertviz_plus as bp
from bertviz_plus.data.examples import Examples
from bertviz_plus.data.splits import draw_splits

GOOD = [f"We would go back, said guest {n}." for n in range(20)]
BAD = [f"We left early, said guest {n}." for n in range(20)]
FRAME = pd.DataFrame({"said": GOOD + BAD, "meant": ["good"] * 20 + ["bad"] * 20})


def labelled(*texts, label="good"):
    return Examples(tuple(texts), (label,) * len(texts))


def two(*texts):
    return Examples(tuple(texts), ("good", "bad") * (len(texts) // 2))


def test_a_table_without_splits_is_divided_alike_for_each_label_and_by_the_seed():
    task = bp.Task.from_frame(FRAME, text="said", label="meant")
    assert [len(own) for own in (task.train, task.dev, task.test)] == [24, 6, 10]
    assert all(own.labels.count("good") == own.labels.count("bad") for own in task.sets.values())
    assert sorted(text for own in task.sets.values() for text in own.texts) == sorted(GOOD + BAD)
    assert task.sha256 == bp.Task.from_frame(FRAME, text="said", label="meant").sha256
    assert task.sha256 != bp.Task.from_frame(FRAME, text="said", label="meant", seed=1).sha256


def test_equal_texts_and_groups_stay_in_one_split():
    texts = tuple(f"text {n // 2}" for n in range(80))
    for examples in (
        Examples(texts, ("x",) * 80),
        Examples(tuple(f"text {n}" for n in range(80)), ("x",) * 80, groups=tuple(n // 2 for n in range(80))),
    ):
        drawn = draw_splits(examples, {"train": 0.5, "test": 0.5}, seed=3)
        assert drawn[::2] == drawn[1::2]
        assert drawn.count("train") == 40


def test_splits_languages_pairs_and_numbered_labels_of_a_table():
    frame = pd.DataFrame(
        {
            "a": ["one", "two", "three", "four", "cinq"],
            "b": ["I", "II", "III", "IV", "V"],
            "y": [0, 1, 0, 1, 1],
            "part": ["train", "train", "dev", "test", "test"],
            "lang": ["en", "en", "en", "en", "fr"],
        }
    )
    task = bp.Task.from_frame(frame, text="a", text_pair="b", label="y", split="part", language="lang")
    assert task.kind == "pairs"
    assert task.label_names == ("0", "1")
    assert task.test.texts == ("four",)
    assert task.other_languages["fr"].text_pairs == ("V",)
    assert list(task.test.to_frame()) == ["text", "label", "text_pair", "language"]


def test_lists_of_words_make_a_task_that_tags():
    frame = pd.DataFrame(
        {
            "words": [[f"a{n}", "cat"] for n in range(10)],
            "tags": [["DET", "NOUN"]] * 9 + [[None, "NOUN"]],
        }
    )
    task = bp.Task.from_frame(frame, text="words", label="tags")
    assert task.kind == "words"
    assert task.label_names == ("DET", "NOUN")
    assert bp.task_baselines(task).loc["bag of words", "accuracy"] == 1


def test_a_treebank_gives_the_labels_of_a_probe():
    probe = bp.ProbeTask.from_parses(bp.treebank(), "number")
    task = bp.Task.from_parses(bp.treebank(), "number")
    labels = [label for own in task.sets.values() for label in own.flat_labels if label is not None]
    assert sorted(labels) == sorted(probe.labels)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"text": "sad"}, "text must be a column of frame, which has said, meant; got 'sad'"),
        ({"split": "part"}, "split must be a column of frame"),
        ({"label": "says"}, "label must be a column of frame"),
    ],
)
def test_columns_that_are_not_there_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        bp.Task.from_frame(FRAME, **{"text": "said", "label": "meant"} | arguments)


def test_rows_without_text_or_label_are_named():
    for column, value, message in (
        ("said", "  ", "row 3: the text must be a text that is not empty"),
        ("meant", None, "row 3: a label was expected"),
        ("said", "half \ud83d", "row 3: the text must be text that UTF-8 can write"),
        ("said", 3.5, "row 3: a text and a label, or words and a label for each, were expected"),
    ):
        frame = FRAME.astype(object)
        frame.loc[3, column] = value
        with pytest.raises(ValueError, match=message):
            bp.Task.from_frame(frame, text="said", label="meant")


def test_a_task_of_one_label_is_refused():
    with pytest.raises(ValueError, match="train must hold two labels at least, got good alone"):
        bp.Task("one", labelled("a", "b"), labelled("c"), labelled("d"))


def test_labels_and_kinds_that_train_does_not_have_are_refused():
    with pytest.raises(ValueError, match="test has the label 'so-so'; those of the task are bad, good"):
        bp.Task("other", two("a", "b"), two("c", "d"), labelled("e", label="so-so"))
    with pytest.raises(ValueError, match="dev must hold texts, as train does, got words"):
        bp.Task("other", two("a", "b"), Examples((("c",),), (("good",),)), two("e", "f"))


def test_a_test_set_that_shares_texts_with_train_is_refused_unless_asked_for():
    sets = two("We stayed.", "We left."), two("c", "d"), two("e", "we  LEFT.")
    with pytest.raises(
        ValueError, match=r"test shares 1 of its 2 examples with train, the first 'we  LEFT\.'"
    ):
        bp.Task("shared", *sets)
    assert len(bp.Task("shared", *sets, allow_overlap=True).test) == 2


def write(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


GLUE = {
    "SST-2": (("sentence", "label"), lambda n, label: (f"text {n}", label), "texts"),
    "CoLA": (None, lambda n, label: ("gj04", label, "*", f"text {n}"), "texts"),
    "RTE": (
        ("index", "sentence1", "sentence2", "label"),
        lambda n, label: (str(n), f"text {n}", "so", label),
        "pairs",
    ),
    "QNLI": (
        ("index", "question", "sentence", "label"),
        lambda n, label: (str(n), f"text {n}", "so", label),
        "pairs",
    ),
    "QQP": (
        ("id", "qid1", "qid2", "question1", "question2", "is_duplicate"),
        lambda n, label: ("1", "2", "3", f"text {n}", "so", label),
        "pairs",
    ),
    "MRPC": (
        ("Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"),
        lambda n, label: (label, "1", "2", f'text "{n}', "so"),
        "pairs",
    ),
}


@pytest.mark.parametrize("name", list(GLUE))
def test_layouts_of_glue(tmp_path, name):
    header, line, kind = GLUE[name]
    head = [header] if header else []
    write(tmp_path / name / "train.tsv", *head, *(line(n, str(n % 2)) for n in range(40)))
    write(tmp_path / name / "dev.tsv", *head, *(line(n, str(n % 2)) for n in range(40, 50)))
    task = bp.Task.from_file(tmp_path / name)
    assert (task.name, task.kind, task.label_names) == (name, kind, ("0", "1"))
    assert [len(own) for own in (task.train, task.dev, task.test)] == [36, 4, 10]
    assert task.test.texts[0] == line(40, "0")[header.index("#1 String") if name == "MRPC" else _text(name)]


def _text(name):
    return {"SST-2": 0, "CoLA": 3, "RTE": 1, "QNLI": 1, "QQP": 3}[name]


def test_mnli_takes_the_matched_dev_set_and_the_gold_label(tmp_path):
    header = ("index", "sentence1", "sentence2", "label1", "gold_label")
    lines = [(str(n), f"text {n}", "so", "neutral", ("entailment", "neutral")[n % 2]) for n in range(24)]
    write(tmp_path / "train.tsv", header, *lines[:20])
    write(tmp_path / "dev_matched.tsv", header, *lines[20:], ("9", "text", "so", "neutral", "-"))
    task = bp.Task.from_file(tmp_path, "glue")
    assert task.test.labels == ("entailment", "neutral") * 2


def test_the_layout_of_xnli_gives_a_test_set_for_each_language(tmp_path):
    labels = ("entailment", "contradictory", "neutral")
    train = [(f"text {n}", "so", labels[n % 3]) for n in range(6)]
    write(tmp_path / "multinli" / "multinli.train.en.tsv", ("premise", "hypo", "label"), *train)
    header = ("language", "gold_label", "sentence1", "sentence2", "genre")
    for split in ("dev", "test"):
        rows = [
            (language, "contradiction", f"{split} {language}", "so", "x") for language in ("en", "de", "sw")
        ]
        write(tmp_path / f"xnli.{split}.tsv", header, *rows)
    task = bp.Task.from_file(tmp_path)
    assert task.label_names == ("contradiction", "entailment", "neutral")
    assert (task.dev.texts, task.test.texts) == (("dev en",), ("test en",))
    assert list(task.other_languages) == ["de", "sw"]
    with pytest.raises(FileNotFoundError, match=r"multinli\.train\.fr\.tsv is missing"):
        bp.Task.from_file(tmp_path, language="fr")


def test_lines_that_do_not_fit_are_named(tmp_path):
    write(tmp_path / "dev.tsv", ("sentence", "label"), ("c", "1"))
    train = write(tmp_path / "train.tsv", ("sentence", "label"), ("a", "0"), ("b",))
    with pytest.raises(
        ValueError, match=r"train\.tsv, line 3: 2 cells between tabs were expected, got 1: 'b'"
    ):
        bp.Task.from_file(tmp_path)
    write(train, ("sentence", "label"), ("a", "0"), (" ", "1"))
    with pytest.raises(ValueError, match=r"train\.tsv, line 3: the text must be a text that is not empty"):
        bp.Task.from_file(tmp_path)
    write(train, ("index", "sentence1", "sentence2", "score"), ("1", "a", "b", "3.5"))
    with pytest.raises(ValueError, match=r"train\.tsv, line 1: the columns of a classification task of GLUE"):
        bp.Task.from_file(tmp_path)


def test_broken_json_lines_are_named(tmp_path):
    path = tmp_path / "mine.jsonl"
    for line, message in (
        ("{", "mine.jsonl, line 2: a JSON object with text and label was expected"),
        ('{"text": "b"}', "mine.jsonl, line 2: .*KeyError: 'label'"),
        ('{"text": "b", "label": "y", "split": "tset"}', "line 2: the split must be one of train, dev, test"),
        (
            '{"text": ["b", "c"], "label": ["y"]}',
            "line 2: labels must have one label, or None, for each of the 2",
        ),
    ):
        path.write_text(
            json.dumps({"text": "a", "label": "x", "split": "train"}) + "\n" + line, encoding="utf-8"
        )
        with pytest.raises(ValueError, match=message):
            bp.Task.from_file(path)
    path.write_bytes(b'{"text": "a", "label": "x"}\n\xff')
    with pytest.raises(ValueError, match=r"mine\.jsonl, line 2: the text is not UTF-8"):
        bp.Task.from_file(path)


def test_a_place_without_a_task_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"train\.tsv \(GLUE\) or xnli\.test\.tsv \(XNLI\)"):
        bp.Task.from_file(tmp_path)
    with pytest.raises(ValueError, match="layout must be one of jsonl, glue, xnli, got 'csv'"):
        bp.Task.from_file(tmp_path, "csv")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(ValueError, match=r"empty\.jsonl holds no examples"):
        bp.Task.from_file(tmp_path / "empty.jsonl")


def test_fewer_examples_to_train_on_are_the_first_of_each_label():
    topic, pos = bp.tasks["topic"], bp.tasks["pos"]
    fewer = topic.with_first(12)
    assert len(fewer.train) == 12
    for label in topic.label_names:
        own, whole = (
            [text for text, one in zip(train.texts, train.labels, strict=True) if one == label]
            for train in (fewer.train, topic.train)
        )
        assert own == whole[:2]
    assert (fewer.dev, fewer.test) == (topic.dev, topic.test)
    assert topic.with_first(10_000) is topic
    assert pos.with_first(5).train.texts == pos.train.texts[:5]
