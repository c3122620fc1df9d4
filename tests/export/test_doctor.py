"""The doctor names what keeps views from being live, in a notebook and in an environment, and the cure."""

import json
import re
import subprocess
import sys

import ipywidgets
import jupyter_core.paths
import nbformat
import pytest
from nbformat.sign import NotebookNotary

from bertviz_plus.__main__ import main
from bertviz_plus.export import output
from bertviz_plus.export.doctor import examine_notebook
from bertviz_plus.export.environment import examine_environment
from bertviz_plus.export.options import options
from bertviz_plus.export.packed import pack
from bertviz_plus.views.attention import AttentionView
from tests.export.notebooks import (
    VIEWS,
    alignment_view,
    attention_view,
    cell_of,
    models_of,
    older_output_of,
    output_of,
    sense_view,
    unread_alignment_view,
    write_notebook,
)
from tests.export.stored import PACKED, stored_in
from tests.views.samples import of_queries


@pytest.fixture(autouse=True)
def signatures(tmp_path, monkeypatch):
    """A user who has signed nothing yet."""
    folder = tmp_path / "jupyter"
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lesson.ipynb"


def sign(path, folder):
    folder.mkdir(exist_ok=True)
    notary = NotebookNotary(data_dir=str(folder))
    notary.sign(nbformat.read(path, as_version=4))
    notary.store.close()


def remark_on(path, *data, models=None, source="import bertviz_plus\nview"):
    """What is said of one cell with these outputs, its lines of trust and size left out."""
    write_notebook(path, cell_of(source, *data), models=models)
    (remark, *others) = examine_notebook(path)
    assert others[-1].says.endswith(("view", "models", "model"))
    return remark


def changed(data, change):
    return {**data, "text/html": change(data["text/html"])}


# --- The notebook ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_that_is_whole_is_live(path, name):
    view = VIEWS[name](**({} if name == "masked" else {"embed": "all"}))
    remark = remark_on(path, output_of(view))
    assert (remark.kind, remark.mend) == ("ok", "")
    assert remark.says == f"cell 2 (view): {type(view).__name__}, live"


def test_a_view_of_sentences_that_no_model_has_read_is_live(path):
    assert remark_on(path, output_of(unread_alignment_view())).says.endswith("AlignmentView, live")


def test_html_that_is_stored_in_lines_is_the_same(path):
    data = changed(output_of(attention_view()), lambda html: html.splitlines(keepends=True))
    assert remark_on(path, data).kind == "ok"


def test_a_picture_that_was_asked_for_is_told_with_the_option(path, monkeypatch):
    monkeypatch.setattr(options, "_saved", "picture")
    remark = remark_on(path, output_of(attention_view()))
    assert remark.kind == "wrong"
    assert remark.says.endswith("AttentionView, a picture only")
    assert 'If `bertviz_plus.options.saved` is "picture", set it to "live" first.' in remark.mend


def test_a_picture_alone_is_told(path):
    data = output_of(attention_view())
    del data["text/html"]
    remark = remark_on(path, data)
    assert remark.says == "cell 2 (view): AttentionView, a picture only"
    assert remark.mend == "Run the cell and save."


def test_a_line_of_text_alone_is_told(path):
    remark = remark_on(path, {"text/plain": repr(sense_view())})
    assert remark.says == "cell 2 (view): SenseView, a line of text only, without even the picture"


def test_a_widget_without_its_model_is_not_found(path):
    remark = remark_on(path, older_output_of(attention_view()))
    assert remark.kind == "wrong"
    assert 'it reads "model not found", and hides the picture that is there' in remark.says
    assert "freeze_notebook(SOURCE, TARGET)` for the picture" in remark.mend


def test_a_widget_without_its_model_hides_the_view_beside_it(path):
    view = attention_view()
    remark = remark_on(path, {**older_output_of(view), **output_of(view)})
    assert "and hides the view that is there" in remark.says


def test_a_widget_without_anything_has_to_run(path):
    data = older_output_of(attention_view())
    del data["image/png"]
    remark = remark_on(path, data)
    assert remark.says.endswith('it reads "model not found"')
    assert remark.mend == "Run the cell and save."


def test_a_widget_with_its_state_is_of_an_older_version(path):
    view = attention_view()
    remark = remark_on(path, older_output_of(view), models=models_of(view))
    assert remark.kind == "wrong"
    assert "saved by an older version as a widget with its state" in remark.says
    assert "freeze_notebook(SOURCE, TARGET)" in remark.mend


def test_a_view_within_another_widget_is_told_with_its_state_and_without(path):
    view = attention_view()
    box = ipywidgets.HBox([view])
    with_state = remark_on(path, older_output_of(box), models=models_of(box, view))
    assert "AttentionView, within another widget, with its state" in with_state.says
    without = remark_on(path, older_output_of(box))
    assert "AttentionView, within another widget whose model is not stored" in without.says
    assert without.mend.startswith("Show the view itself")


def test_other_packages_outputs_are_not_looked_at(path):
    slider = ipywidgets.IntSlider()
    write_notebook(
        path,
        cell_of("slider", older_output_of(slider)),
        cell_of("frame", {"text/html": "<table></table>", "text/plain": "A frame of AttentionView of x"}),
        cell_of("1", {"text/plain": "1"}),
        models=models_of(slider),
    )
    assert [remark.says for remark in examine_notebook(path)] == [
        "no output shows a view: run its cells and save",
        f"{path.stat().st_size / 1e6:.2f} MB: 0 views, with 2 stored widget models",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda html: html[:60], "its data are cut off"),
        (lambda html: html[: html.index("data-packed>") + 500], "its data are cut off"),
        (lambda html: PACKED.sub(r"\1\3", html), "its data are cut off or were changed"),
        (
            lambda html: PACKED.sub(lambda one: one[1] + one[2][:-400] + one[3], html),
            "its data are cut off or were changed",
        ),
        (
            lambda html: PACKED.sub(lambda one: one[1] + one[2][:900] + "AAAA" + one[2][904:] + one[3], html),
            "its data are cut off or were changed",
        ),
        (lambda html: PACKED.sub(rf"\g<1>{pack([1])}\3", html), "its data are not those of a view"),
    ],
)
def test_data_that_are_cut_off_or_changed_are_told(path, change, said):
    remark = remark_on(path, changed(output_of(attention_view()), change))
    assert remark.kind == "wrong"
    assert remark.says == f"cell 2 (view): AttentionView: {said}, and only its picture is left"
    assert remark.mend == "Run the cell and save."


def test_a_script_that_is_cut_off_can_be_mended_from_the_data(path):
    cut = changed(output_of(attention_view()), lambda html: html[: html.index("data-changes>")])
    remark = remark_on(path, cut)
    assert remark.says.endswith("AttentionView: its script is cut off")
    assert "freeze_notebook" in remark.mend


def test_data_that_are_cut_off_can_be_mended_from_a_stored_model(path):
    view = attention_view()
    models = models_of(view)
    models[view.model_id]["state"]["view_id"] = view.view_id
    remark = remark_on(path, changed(output_of(view), lambda html: html[:200]), models=models)
    assert remark.says.endswith("AttentionView: its data are cut off")
    assert "freeze_notebook" in remark.mend


def repacked(html, **other):
    return PACKED.sub(lambda one: one[1] + pack({**stored_in(html), **other}) + one[3], html)


def test_a_front_end_that_was_changed_is_told(path):
    data = changed(output_of(attention_view()), lambda html: repacked(html, code="fetch('//elsewhere')"))
    remark = remark_on(path, data)
    assert remark.kind == "wrong"
    assert "the front end in it is not that of version" in remark.says


def test_another_version_is_told_and_is_live(path):
    older = {"version": f"0.0.1-{output.fingerprint('draw()', '')}", "code": "draw()", "css": ""}
    remark = remark_on(path, changed(output_of(attention_view()), lambda html: repacked(html, **older)))
    assert remark.kind == "ok"
    _, note, *_ = examine_notebook(path)
    assert note.kind == "note"
    assert f"was made by version {older['version']}" in note.says


def test_changes_that_cannot_be_read_are_told(path):
    def spoil(html):
        return html.replace("data-changes></", "data-changes>AAAA</")

    remark_on(path, changed(output_of(attention_view()), spoil))
    _, lost, *_ = examine_notebook(path)
    assert lost.kind == "wrong"
    assert "what was changed later is cut off or was changed" in lost.says


def test_changes_that_a_save_stored_are_taken_into_account(path):
    view = attention_view(embed=[0], layer=0)
    whole = attention_view(embed="all").data

    def store(html):
        return html.replace("data-changes></", f"data-changes>{pack({'layer': 2, 'data': whole})}</")

    assert remark_on(path, changed(output_of(view), store)).kind == "ok"


@pytest.mark.parametrize(
    ("view", "absent"),
    [
        (lambda: attention_view(embed=[0], layer=1), "layers 2 and 3 of 4 (encoder)"),
        (lambda: attention_view(embed=[0, 1, 2], layer=1), "layer 3 of 4 (encoder)"),
        (
            lambda: sense_view(embed=[0], hidden_layer=1),
            "hidden layer 2 of 3 (projection pca); hidden layer 2 of 3 (neighbours in pca)",
        ),
        (lambda: alignment_view(embed=[0]), "pair 1 of 2; the similarities of pair 1 of 2"),
    ],
)
def test_what_is_not_embedded_is_told(path, view, absent):
    remark = remark_on(path, output_of(view()))
    assert remark.kind == "wrong"
    assert remark.says.endswith(f"live but for what needs the kernel: {absent}")
    assert 'embed="all"' in remark.mend


def test_many_absent_layers_are_counted(path):
    view = AttentionView(of_queries(layers=9), embed=[0])
    assert "the kernel: 8 layers of 9" in remark_on(path, output_of(view)).says


def test_trust_is_told_with_the_command(path, signatures):
    write_notebook(path, cell_of("view", output_of(attention_view())))
    _, trust, _ = examine_notebook(path)
    assert trust.kind == "wrong"
    assert "you do not trust the notebook" in trust.says
    assert f'`jupyter trust "{path}"`' in trust.mend
    # Who never signed anything gets no files from being asked.
    assert not signatures.exists()
    sign(path, signatures)
    _, trust, _ = examine_notebook(path)
    assert trust.kind == "ok"
    assert "you trust the notebook" in trust.says


@pytest.mark.parametrize("name", ["nbformat", "jupyter_core.paths"])
def test_trust_is_unknown_where_nothing_can_tell(path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    write_notebook(path, cell_of("view", output_of(attention_view())))
    _, trust, _ = examine_notebook(path)
    assert trust.kind == "note"
    assert "is unknown: nbformat and jupyter_core are not installed" in trust.says


def test_a_cell_does_nothing_to_the_terminal(path):
    remark = remark_on(path, output_of(attention_view()), source="view  # \x1b[2J\u202e" + "x" * 90)
    assert remark.says.startswith("cell 2 (view  # �[2J�xxx")
    assert "x…)" in remark.says


# --- The environment -----------------------------------------------------------------------------------


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Install exactly these packages, as far as their metadata tell."""
    folder = tmp_path / "packages"
    folder.mkdir()
    examine_environment()

    def install(**versions):
        for name, version in {"bertviz_plus": "0.1.0", **versions}.items():
            about = folder / f"{name}-{version}.dist-info"
            about.mkdir()
            (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        monkeypatch.setattr(sys, "path", [str(folder)])

    return install


@pytest.fixture
def extensions(tmp_path, monkeypatch):
    """Give JupyterLab exactly these extensions."""
    folder = tmp_path / "share"
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    for name in ("ENV_JUPYTER_PATH", "SYSTEM_JUPYTER_PATH"):
        monkeypatch.setattr(jupyter_core.paths, name, [])

    def install(**versions):
        names = {"anywidget": "anywidget", "manager": "@jupyter-widgets/jupyterlab-manager"}
        for name, version in versions.items():
            about = folder / "labextensions" / names[name] / "package.json"
            about.parent.mkdir(parents=True)
            about.write_text(json.dumps({"version": version}))

    return install


GOOD = {
    "anywidget": "0.11.0",
    "ipywidgets": "8.1.9",
    "jupyterlab": "4.6.6",
    "notebook": "7.6.5",
    "nbconvert": "7.17",
}


def wrong_in_environment():
    return [(one.says, one.mend) for one in examine_environment() if one.kind == "wrong"]


def said_of_environment():
    return "\n".join(f"{one.kind}: {one.says}" for one in examine_environment())


def test_an_environment_with_all_it_needs_is_well(packages, extensions, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    packages(**GOOD)
    extensions(anywidget="0.11.2", manager="5.0.16")
    assert wrong_in_environment() == []
    said = said_of_environment()
    assert "ok: bertviz_plus 0.1.0, its front end is built" in said
    assert "ok: jupyterlab 4.6.6, notebook 7.6.5, nbconvert 7.17" in said
    assert "ok: JupyterLab's extension @jupyter-widgets/jupyterlab-manager 5.0.16" in said
    assert "note: this is the environment of" in said
    assert "what that one has is unknown" in said


def test_a_front_end_that_is_not_built_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(output, "_STATIC", tmp_path)
    ((says, mend),) = wrong_in_environment()
    assert "the front end is not built: loader.js, alignment.js" in says
    assert "npm run build" in mend


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ({"ipywidgets": "7.6.9"}, "ipywidgets is 7.6.9, and must be 7.7 or later"),
        ({"anywidget": "0.8.1"}, "anywidget is 0.8.1, and must be 0.9.18 or later"),
    ],
)
def test_packages_that_are_too_old_are_told(packages, extensions, versions, said):
    packages(**{**GOOD, **versions})
    extensions(anywidget={**GOOD, **versions}["anywidget"], manager="5.0.16")
    ((says, mend),) = wrong_in_environment()
    assert said in says
    assert mend.startswith('Run `pip install -U "')


def test_packages_that_are_absent_are_told(packages, extensions):
    packages()
    assert [says for says, _ in wrong_in_environment()] == [
        "anywidget is not installed: no view can be made",
        "ipywidgets is not installed: no view can be made",
    ]
    said = said_of_environment()
    assert "jupyterlab is not installed here, notebook is not installed here, nbconvert is not" in said
    assert "no Jupyter server in this environment: whether it has anywidget is unknown" in said


def test_hosts_that_were_not_tried_are_told(packages, extensions):
    packages(**{**GOOD, "notebook": "6.5.7"})
    extensions(anywidget="0.11.0", manager="5.0.16")
    assert (
        "note: views were tried in JupyterLab 4 and Notebook 7, not in notebook 6.5.7"
        in said_of_environment()
    )


def test_extensions_that_are_absent_are_told(packages, extensions):
    packages(**GOOD)
    (anywidget, mend), (manager, other) = wrong_in_environment()
    assert "extension anywidget is not found" in anywidget
    assert "does not reach Python" in anywidget
    assert mend.startswith("Run `pip install --force-reinstall anywidget` in the environment that Jupyter's")
    assert "extension @jupyter-widgets/jupyterlab-manager is not found" in manager
    assert "jupyterlab_widgets" in other


def test_extensions_of_other_versions_are_told(packages, extensions):
    packages(**GOOD)
    extensions(anywidget="0.9.3", manager="3.1.0")
    (anywidget, mend), (manager, other) = wrong_in_environment()
    assert "is 0.9.3" in anywidget
    assert "but Python has 0.11.0" in anywidget
    assert "anywidget==0.11.0" in mend
    assert "is 3.1.0" in manager
    assert "ipywidgets 8 needs 5 or later" in manager
    assert "jupyterlab_widgets>=3" in other


def test_without_jupyter_core_the_server_is_unknown(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_core.paths", None)
    assert "note: jupyter_core is not installed here" in said_of_environment()


@pytest.mark.parametrize(
    ("variable", "host"),
    [("COLAB_RELEASE_TAG", "Google Colab"), ("DATABRICKS_RUNTIME_VERSION", "Databricks")],
)
def test_a_host_whose_views_need_the_kernel_is_told(monkeypatch, variable, host):
    monkeypatch.setenv(variable, "1")
    ((says, mend),) = wrong_in_environment()
    assert f"started from {host}, where views need the kernel" in says
    assert "export_html" in mend


def test_a_host_that_cannot_be_told_is_said_to_be(monkeypatch):
    for variable in ("VSCODE_PID", "JPY_SESSION_NAME", "JPY_PARENT_PID"):
        monkeypatch.delenv(variable, raising=False)
    assert "note: which host shows the notebook cannot be told from here" in said_of_environment()
    monkeypatch.setenv("VSCODE_PID", "1")
    assert "ok: started from VS Code" in said_of_environment()


# --- The command ---------------------------------------------------------------------------------------


def test_the_exit_code_says_whether_something_is_wrong(path, signatures, capsys):
    assert main(["doctor"]) == 0
    assert "Nothing is wrong." in capsys.readouterr().out
    write_notebook(path, cell_of("view", output_of(attention_view())))
    assert main(["doctor", str(path)]) == 1
    assert "1 thing is wrong." in capsys.readouterr().out
    sign(path, signatures)
    assert main(["doctor", str(path)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"lesson\.ipynb\n  ok +cell 2 \(view\): AttentionView, live\n", said)


def test_the_module_runs_from_a_command_line(path):
    write_notebook(path, cell_of("view", older_output_of(attention_view())))
    done = subprocess.run(
        [sys.executable, "-m", "bertviz_plus", "doctor", str(path)],
        capture_output=True,
        check=False,
        text=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
    )
    assert done.returncode == 1
    assert "model not found" in done.stdout
    assert done.stderr == ""


BAD = {
    "absent": (None, "there is no such file"),
    "empty": (b"\n", "it is empty"),
    "text": (b"print(1)", "it is not JSON (Expecting value"),
    "binary": (b"\xff\xfe\x00", "it is not JSON ('utf-8' codec"),
    "deep": (b"[" * 100_000, "it is not JSON ("),
    "list": (b"[]", "it is JSON of something else"),
    "other": (b'{"name": "package"}', "it is JSON of something else"),
    "older": (
        b'{"nbformat": 3, "worksheets": []}',
        "its format is 3; `jupyter nbconvert --to notebook FILE`",
    ),
    "cells": (b'{"nbformat": 4, "metadata": {}}', "it has no list of cells"),
    "metadata": (b'{"nbformat": 4, "metadata": 1, "cells": []}', "its metadata are malformed"),
    "cell": (b'{"nbformat": 4, "cells": [{}, 7]}', "cell 2 is malformed"),
    "outputs": (b'{"nbformat": 4, "cells": [{"outputs": {}}]}', "cell 1 is malformed"),
    "data": (b'{"nbformat": 4, "cells": [{"outputs": [{"data": []}]}]}', "cell 1 is malformed"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_notebook_is_named_with_what_came(path, capsys, name):
    content, said = BAD[name]
    if content is not None:
        path.write_bytes(content)
    assert main(["doctor", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(
        f"doctor: notebook must be a Jupyter notebook of format 4, got {path}: {said}"
    )


def test_a_folder_is_no_notebook(tmp_path, capsys):
    assert main(["doctor", str(tmp_path)]) == 2
    assert "it is a folder" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["docter"], ["doctor", "a", "b"]])
def test_a_bad_call_shows_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: python -m bertviz_plus" in capsys.readouterr().err
