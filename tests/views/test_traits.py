"""Each trait is written once, in its view's table: whatever speaks of traits follows from it."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bertviz_plus.traces.alignments import Alignments
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.sentences import Sentences
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.base import View
from bertviz_plus.views.masked import MaskedView
from bertviz_plus.views.senses import LanguageView, SenseView
from bertviz_plus.views.syntax import SyntaxView
from bertviz_plus.views.traits import table
from tests.views.masked_samples import asked_of
from tests.views.samples import of_pair
from tests.views.syntax_samples import read_of

FRONT_END = Path(__file__).parents[2] / "js" / "views"
# Where each front end lists its fields.
FIELDS = {
    AttentionView: "attention/state.js",
    AlignmentView: "alignment/frame.js",
    SenseView: "senses/frame.js",
    LanguageView: "senses/frame.js",
    SyntaxView: "syntax/frame.js",
    MaskedView: "masked/frame.js",
}
READ = "import(process.argv[1]).then(({ FIELDS }) => console.log(JSON.stringify(FIELDS)))"


def sentences() -> Sentences:
    random = np.random.default_rng(0)
    return Sentences.from_vectors({name: random.normal(size=(2, 5, 4)) for name in ("en", "de")})


MAKE = {
    AttentionView: lambda: AttentionView(of_pair()),
    AlignmentView: lambda: AlignmentView(Alignments.from_words([("a b", "x y")])),
    SenseView: lambda: SenseView(Occurrences.from_vectors(np.eye(4), senses=["a", "a", "b", "b"])),
    LanguageView: lambda: LanguageView(sentences(), scores=False, progress=False),
    SyntaxView: lambda: SyntaxView(read_of()),
    MaskedView: lambda: MaskedView(asked_of()),
}
views = pytest.mark.parametrize("view", MAKE, ids=lambda view: view.__name__)


@views
def test_the_front_end_has_the_traits_of_the_table(view: type[View]) -> None:
    node = shutil.which("node")
    assert node, "Node reads the front end"
    done = subprocess.run(
        [node, "-e", READ, (FRONT_END / FIELDS[view]).as_uri()], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == list(view.TRAITS)


@views
def test_the_docstring_documents_each_trait_with_what_it_may_be(view: type[View]) -> None:
    said = " ".join((view.__doc__ or "").split())
    for trait in view.TRAITS.values():
        assert f" {trait.name} : {trait.allowed.kind} {trait.about} " in said
    assert "{traits}" not in said
    # As numpy's docstrings want it.
    assert f"\n    Attributes\n    ----------\n    {next(iter(view.TRAITS))} : " in str(view.__doc__)


@views
def test_a_new_view_has_the_values_of_the_table_and_sends_them(view: type[View]) -> None:
    made = MAKE[view]()
    sent = made.get_state()
    for name, trait in view.TRAITS.items():
        assert name in made.keys
        assert sent[name] == getattr(made, name)
        if not callable(trait.default):
            assert getattr(made, name) == trait.default
        # What is there at first is allowed.
        assert made.check(name, getattr(made, name)) == getattr(made, name)
    # No view writes into a table, nor into another view.
    other = MAKE[view]()
    assert all(
        getattr(made, name) is not getattr(other, name)
        for name in view.STATE
        if isinstance(getattr(made, name), list | dict)
    )


@pytest.mark.parametrize(
    ("view", "name", "nearest"),
    [
        (AttentionView, "Layer", "layer"),
        (AttentionView, "hidden_layer", "layer"),
        (AttentionView, "selected", "selected_tokens"),
        (AttentionView, "treshold", "threshold"),
        (AlignmentView, "hidden_layers", "hidden_layer"),
        (AlignmentView, "layer", "hidden_layer"),
        (SenseView, "color", "colour"),
        (SenseView, "selected_tokens", "selected"),
        (LanguageView, "Projection", "projection"),
        (SyntaxView, "offsets", "offset"),
        (MaskedView, "edit", "edits"),
    ],
)
def test_an_unknown_attribute_is_refused_with_the_nearest(view: type[View], name: str, nearest: str) -> None:
    made = MAKE[view]()
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'. Did you mean '{nearest}'"):
        setattr(made, name, 1)
    assert not hasattr(made, name)
    with pytest.raises(TypeError, match=f"has no keyword '{name}'. Did you mean '{nearest}'"):
        view.refuse_unknown({name: 1})


def test_an_attribute_that_is_like_none_is_refused_with_all_there_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'zzz'\. Its traits are mode, layer, heads"):
        AttentionView(of_pair()).zzz = 1


@views
def test_what_a_widget_and_its_user_may_set_is_set(view: type[View]) -> None:
    made = MAKE[view]()
    made.layout.width = "50%"
    made.layout = {"width": "60%"}
    made.tooltip = "words"
    made.theme = "dark"
    made._own = 1
    assert (made.tooltip, made.theme, made._own) == ("words", "dark", 1)
    made.close()


@views
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_comes_is_kept_as_allowed_or_refused_by_name(view: type[View], data: st.DataObject) -> None:
    made = MAKE[view]()
    name = data.draw(st.sampled_from(list(view.TRAITS)))
    simple = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    strange = st.lists(simple, max_size=3) | st.dictionaries(st.text(max_size=2), simple, max_size=2)
    value = data.draw(simple | strange | st.just(np.arange(3)) | st.just(object()))
    before = getattr(made, name)
    refusal = ""
    try:
        setattr(made, name, value)
    except ValueError as error:
        refusal = str(error)
    now = getattr(made, name)
    assert made.check(name, now) == now
    if refusal:
        assert refusal.startswith(name)
        assert now == before


def test_a_table_keeps_the_order_in_which_it_is_written() -> None:
    traits = list(AttentionView.TRAITS.values())
    assert list(table(*reversed(traits))) == [trait.name for trait in reversed(traits)]
    assert [name for name, trait in AttentionView.TRAITS.items() if trait.first] == [
        "side",
        "units",
        "attention_kind",
        "quantity",
    ]
