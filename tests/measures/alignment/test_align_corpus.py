"""A corpus into a file: in order, in constant memory, and whole after whatever happens."""

import json
import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from bertviz_plus.measures.alignment.align_corpus import align_corpus
from bertviz_plus.measures.alignment.aligning import align
from bertviz_plus.models.vectors.aligning import alignments
from tests.models.architectures import wrapped
from tests.models.needed import need

WORDS = ["the", "a", "dog", "cat", "sat", "fell", "on", "mat", "rug", "rain", "while", "lay", "it"]
LAYER = 2


def pairs(n, start=0):
    for number in range(start, start + n):
        source = [WORDS[(number * 7 + place) % len(WORDS)] for place in range(1 + number % 9)]
        target = [WORDS[(number * 5 + place * 3) % len(WORDS)] for place in range(1 + number % 6)]
        yield " ".join(source), " ".join(target)


@pytest.fixture(scope="module")
def model():
    return wrapped("BERT")


def run(model, given, out, **options):
    return align_corpus(model, given, out=out, hidden_layer=LAYER, progress=False, **options)


def lines(path):
    return path.read_text().split("\n")[:-1]


class Interrupting:
    """Pairs that are interrupted after some."""

    def __init__(self, n, after):
        self.n, self.after = n, after

    def __iter__(self):
        yield from pairs(self.after)
        raise KeyboardInterrupt


def test_each_line_is_what_align_gives_for_its_pair(model, tmp_path):
    given = list(pairs(100))
    report = run(model, given, tmp_path / "out.talp", method="itermax")
    assert report.pairs == 100
    assert report.broken == []
    for line, pair in zip(lines(tmp_path / "out.talp"), given, strict=True):
        assert line == align(model, *pair, method="itermax", hidden_layer=LAYER).to_pharaoh()


def test_several_methods_are_written_at_once(model, tmp_path):
    given = list(pairs(50))
    report = run(model, given, tmp_path / "out.{method}.talp", method=("inter", "softmax", "ot"))
    for method, path in report.paths.items():
        run(model, given, tmp_path / "alone", method=method, resume=False)
        assert path.read_text() == (tmp_path / "alone").read_text()
    with pytest.raises(ValueError, match="out must hold"):
        run(model, given, tmp_path / "out.talp", method=("inter", "softmax"))


@pytest.mark.parametrize("after", [0, 10, 700, 1100])
def test_an_interrupt_loses_nothing_and_repeats_nothing(model, tmp_path, after):
    whole, out = tmp_path / "whole.talp", tmp_path / "out.talp"
    run(model, pairs(1200), whole)
    with pytest.raises(KeyboardInterrupt):
        run(model, Interrupting(1200, after), out)
    before = len(lines(out))
    report = run(model, pairs(1200), out)
    assert report.resumed == before
    assert out.read_bytes() == whole.read_bytes()


def test_a_half_written_line_is_written_again(model, tmp_path):
    whole, out = tmp_path / "whole.talp", tmp_path / "out.talp"
    run(model, pairs(60), whole)
    run(model, pairs(60), out)
    out.write_bytes(out.read_bytes()[:-3])
    assert run(model, pairs(60), out).resumed == 59
    assert out.read_bytes() == whole.read_bytes()
    out.write_bytes(b"0-")
    run(model, pairs(60), out)
    assert out.read_bytes() == whole.read_bytes()


def test_several_files_go_on_where_the_shortest_ends(model, tmp_path):
    out = tmp_path / "{method}.talp"
    run(model, pairs(60), out, method=("inter", "fwd"))
    expected = {name: (tmp_path / f"{name}.talp").read_bytes() for name in ("inter", "fwd")}
    (tmp_path / "fwd.talp").write_bytes(b"".join(expected["fwd"].splitlines(keepends=True)[:20]))
    assert run(model, pairs(60), out, method=("inter", "fwd")).resumed == 20
    assert {name: (tmp_path / f"{name}.talp").read_bytes() for name in expected} == expected


def test_a_killed_process_is_resumed(tmp_path):
    whole, out = tmp_path / "whole.talp", tmp_path / "out.talp"
    script = (
        "import os, sys\n"
        "from tests.measures.alignment.test_align_corpus import run, pairs\n"
        "from tests.models.architectures import wrapped\n"
        "from pathlib import Path\n"
        "def dying():\n"
        "    yield from pairs(900)\n"
        "    os._exit(9)\n"
        "run(wrapped('BERT'), dying(), Path(sys.argv[1]))\n"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    died = subprocess.run([sys.executable, "-c", script, str(out)], cwd=root, env=environment, check=False)
    assert died.returncode == 9
    model = wrapped("BERT")
    run(model, pairs(1000), whole)
    assert 0 < run(model, pairs(1000), out).resumed < 1000
    assert out.read_bytes() == whole.read_bytes()


def test_running_again_does_nothing_and_more_pairs_are_added(model, tmp_path):
    out = tmp_path / "out.talp"
    run(model, pairs(40), out)
    before = out.read_bytes()
    assert run(model, pairs(40), out).resumed == 40
    assert out.read_bytes() == before
    assert run(model, pairs(60), out).pairs == 60
    assert out.read_bytes().startswith(before)


def test_broken_lines_are_named_and_the_rest_is_done(model, tmp_path):
    given = list(pairs(10_000))
    corpus, out = tmp_path / "corpus", tmp_path / "out.talp"
    text = [f"{source} ||| {target}" for source, target in given]
    text[6_543] = "no bars here"
    text[17] = "the dog |||  "
    text[9_999] = "a ||| b ||| c"
    corpus.write_text("\n".join(text) + "\n")
    with pytest.warns(UserWarning, match=r"3 of 10000 pairs .*: line 18, 6544, 10000 .lines count from 1.; "):
        report = run(model, corpus, out)
    assert [number for number, _ in report.broken] == [18, 6_544, 10_000]
    assert "'source ||| target', got 'no bars here'" in report.broken[1][1]
    assert "pair 6544" in repr(report)
    done = lines(out)
    assert len(done) == 10_000
    assert [place for place, line in enumerate(done) if not line] == [17, 6_543, 9_999]
    assert done[6_544] == align(model, *given[6_544], hidden_layer=LAYER).to_pharaoh()


def test_broken_pairs_of_every_kind_do_not_stop_it(model, tmp_path):
    given = [
        ("the dog", "a cat"),
        ("", "a"),
        (3, "a"),
        "the cat",
        (["the"], [""]),
        None,
        ("the dog", "a cat"),
    ]
    with pytest.warns(UserWarning, match="5 of 7 pairs"):
        report = run(model, given, tmp_path / "out.talp")
    assert [number for number, _ in report.broken] == [2, 3, 4, 5, 6]
    done = lines(tmp_path / "out.talp")
    assert done[0] == done[6] != ""


def test_bytes_that_are_no_text_break_one_line(model, tmp_path):
    (tmp_path / "corpus").write_bytes(b"the dog ||| a cat\n\xff\xfe\nthe cat ||| a dog\n")
    with pytest.warns(UserWarning, match="1 of 3 pairs"):
        assert run(model, tmp_path / "corpus", tmp_path / "out.talp").broken[0][0] == 2


def test_a_sentence_of_another_encoding_breaks_its_line_alone(model, tmp_path):
    lines_of_file = ["the dog ||| a cat", "the caf\xe9 ||| a dog", "the cat ||| a dog"]
    (tmp_path / "corpus").write_bytes("\n".join(lines_of_file).encode("latin-1") + b"\n")
    with pytest.warns(UserWarning, match="1 of 3 pairs .* must be text that UTF-8 can write"):
        assert run(model, tmp_path / "corpus", tmp_path / "out.talp").broken[0][0] == 2
    done = lines(tmp_path / "out.talp")
    assert done[1] == ""
    assert done[0]
    assert done[2]
    with pytest.warns(UserWarning, match="1 of 2 pairs"):
        assert run(model, [("a", "\ud800"), ("a", "the")], tmp_path / "two.talp").broken[0][0] == 1


def test_what_was_broken_is_told_also_after_resuming(model, tmp_path):
    given = list(pairs(50))
    given[3] = ("", "")
    with pytest.warns(UserWarning, match="1 of 50 pairs"):
        run(model, given, tmp_path / "out.talp")
    with pytest.warns(UserWarning, match="1 of 60 pairs"):
        report = run(model, [*given, *pairs(10)], tmp_path / "out.talp")
    assert report.broken[0][0] == 4


def test_a_file_is_not_gone_on_with_by_something_else(model, tmp_path):
    out = tmp_path / "out.talp"
    run(model, pairs(20), out)
    with pytest.raises(ValueError, match="was begun with method='inter', and this is 'itermax'"):
        run(model, pairs(20), out, method="itermax")
    with pytest.raises(ValueError, match="was begun with hidden_layer=2, and this is 1"):
        align_corpus(model, pairs(20), out=out, hidden_layer=1, progress=False)
    with pytest.raises(ValueError, match="it has 20 lines, pairs are 5"):
        run(model, pairs(5), out)
    assert len(lines(out)) == 20
    run(model, pairs(5), out, resume=False)
    assert len(lines(out)) == 5
    other = tmp_path / "other.talp"
    other.write_text("0-0\n")
    with pytest.raises(ValueError, match="must be a file that align_corpus began"):
        run(model, pairs(5), other)
    assert other.read_text() == "0-0\n"


PAIRS = list(pairs(40))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ([("the rug", "a dog"), *PAIRS[1:]], "the first"),
        ([*PAIRS[:20], PAIRS[21], PAIRS[20], *PAIRS[22:]], "two in another order"),
        ([(target, source) for source, target in PAIRS], "sides swapped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_pairs_are_not_taken_for_those_that_were_begun(model, tmp_path, changed, why):
    out = tmp_path / "out.talp"
    run(model, PAIRS, out)
    before = out.read_text()
    with pytest.raises(ValueError, match="among the first 40 are others; resume=False begins anew"):
        run(model, [*changed, ("a cat", "the dog")], out)
    assert out.read_text() == before
    assert run(model, changed, out, resume=False).resumed == 0


def test_the_same_pairs_may_be_given_in_another_way(model, tmp_path):
    out = tmp_path / "out.talp"
    run(model, PAIRS, out)
    before = out.read_text()
    split = [(source.split(), target.split()) for source, target in PAIRS]
    assert run(model, iter(split), out).resumed == 40
    listed = tmp_path / "corpus"
    listed.write_text("".join(f"{source} ||| {target}\n" for source, target in PAIRS))
    assert run(model, listed, out).resumed == 40
    read = alignments(model, PAIRS, hidden_layers=[1], progress=False)
    assert run(model, read, out).resumed == 40
    assert out.read_text() == before


def test_an_interrupt_between_the_note_and_the_lines_loses_nothing(model, tmp_path):
    out = tmp_path / "out.talp"
    run(model, PAIRS, out)
    whole = out.read_text()
    # The note tells of 40 pairs, the file has 33 and a half.
    out.write_text("".join(whole.splitlines(keepends=True)[:33]) + "0-0 1")
    report = run(model, [*PAIRS, ("a cat", "the dog")], out)
    assert (report.resumed, report.pairs) == (33, 41)
    assert out.read_text().startswith(whole)
    assert run(model, [*PAIRS, ("a cat", "the dog")], out).resumed == 41


def test_a_damaged_file_or_note_is_refused(model, tmp_path):
    out = tmp_path / "out.talp"
    run(model, PAIRS, out)
    note = tmp_path / "out.talp.json"
    good = note.read_text()
    for bad in ("{", "[1]", ""):
        note.write_text(bad)
        with pytest.raises(ValueError, match=r"out\.talp\.json is damaged.*resume=False begins anew"):
            run(model, PAIRS, out)
    note.write_text(good)
    out.write_text("0-0 what\n" * 40)
    with pytest.raises(ValueError, match=r"out\.talp is damaged: it must hold links alone"):
        run(model, PAIRS, out)


def test_a_file_that_others_made_is_kept_though_another_method_has_none_yet(model, tmp_path):
    (tmp_path / "out.fwd").write_text("precious\n")
    with pytest.raises(ValueError, match="out must be a file that align_corpus began"):
        run(model, PAIRS, tmp_path / "out.{method}", method=["inter", "fwd"])
    assert (tmp_path / "out.fwd").read_text() == "precious\n"


def test_a_model_of_one_language_says_what_to_expect(tmp_path):
    model = wrapped("BERT")
    model._info = replace(model.info, id="bert-base-uncased")
    with pytest.warns(UserWarning, match="trained on English alone"):
        run(model, PAIRS[:2], tmp_path / "out.talp")


@pytest.mark.parametrize("out", [None, 3, ""])
def test_a_path_that_is_none_is_named(model, out):
    with pytest.raises(TypeError, match="out must be the path of a file"):
        run(model, PAIRS, out)


def test_a_folder_is_no_file_to_write(model, tmp_path):
    with pytest.raises(IsADirectoryError, match="out must be the path of a file"):
        run(model, PAIRS, tmp_path)


@pytest.mark.parametrize("batch_size", [0, -1, "x", 1.5, True])
def test_a_batch_has_a_size(model, tmp_path, batch_size):
    with pytest.raises(ValueError, match="batch_size must be a whole number from 1, or None"):
        run(model, PAIRS, tmp_path / "o", batch_size=batch_size)


def test_what_made_a_file_stands_beside_it(model, tmp_path):
    run(model, pairs(5), tmp_path / "out.talp")
    told = json.loads((tmp_path / "out.talp.json").read_text())
    assert told["method"] == "inter"
    assert told["hidden_layer"] == LAYER
    assert "torch" in told["versions"]


def test_memory_is_flat(model, tmp_path):
    peaks = []
    run(model, pairs(600), tmp_path / "warm.talp")
    for n in (1500, 6000):
        tracemalloc.start()
        run(model, pairs(n), tmp_path / f"{n}.talp")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Four times the pairs. What is no longer needed may wait a while to be collected; kept sentences alone
    # would be several times as much.
    assert peaks[1] < peaks[0] + 1_000_000


def test_equal_sentences_are_read_once_and_the_pass_stops_at_the_layer(model, tmp_path, monkeypatch):
    ran = []
    for block in model.hf.base_model.encoder.layer:
        block.register_forward_hook(lambda module, given, _: ran.append((module, given[0].shape[0])))
    align_corpus(model, [("the cat", "the cat")] * 30, out=tmp_path / "o", hidden_layer=1, progress=False)
    for block in model.hf.base_model.encoder.layer:
        block._forward_hooks.clear()
    assert [size for _, size in ran] == [1]


def test_no_pairs_make_an_empty_file(model, tmp_path):
    assert run(model, [], tmp_path / "out.talp").pairs == 0
    assert (tmp_path / "out.talp").read_text() == ""


def test_what_is_asked_wrongly_is_named(model, tmp_path):
    with pytest.raises(ValueError, match="hidden_layer must be given"):
        align_corpus(model, [], out=tmp_path / "o")
    with pytest.raises(FileNotFoundError, match=r"source \|\|\| target"):
        run(model, tmp_path / "none", tmp_path / "o")
    with pytest.raises(TypeError, match="or a path, got int"):
        run(model, 3, tmp_path / "o")


def test_the_documented_layer_is_taken(tmp_path):
    multi = need("multilingual-e5-small")
    report = align_corpus(multi, [("The house", "Das Haus")], out=tmp_path / "o", progress=False)
    assert lines(report.paths["inter"]) == ["0-0 1-1"]
    assert json.loads((tmp_path / "o.json").read_text())["hidden_layer"] == 6
