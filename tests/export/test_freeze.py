"""Frozen notebooks: views live from what was stored, pictures that say so, other widgets whole."""

import base64
import copy
import json
import re
from pathlib import Path

import ipywidgets
import pytest
from playwright.sync_api import expect

import bertviz_plus as bp
from bertviz_plus.export.doctor import examine_notebook
from bertviz_plus.export.notebook import WIDGET_STATE, WIDGET_VIEW, read_notebook, shown_views
from bertviz_plus.export.output import bundle_version, read_bundle
from bertviz_plus.export.packed import pack
from bertviz_plus.views.freeze import freeze_notebook
from tests.browser.attention_view import DRAWN
from tests.export.notebooks import (
    VIEWS,
    attention_view,
    cell_of,
    html_in,
    models_of,
    notebook_of,
    older_output_of,
    output_of,
    outputs_in,
    sense_view,
    write_notebook,
)
from tests.export.stored import PACKED, stored_in

DEMOS = sorted((Path(__file__).parents[2] / "demo_notebooks").glob("*.ipynb"))


@pytest.fixture
def source(tmp_path):
    return tmp_path / "older.ipynb"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "frozen.ipynb"


def frozen_output(source, target, *data, models=None):
    """What became of the one output."""
    write_notebook(source, cell_of("view", *data), models=models)
    report = freeze_notebook(source, target)
    (output,) = outputs_in(target)
    return report, output


# --- Made live --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_of_an_older_version_is_drawn_from_its_very_state(source, target, name):
    view = VIEWS[name](theme="dark")
    before = older_output_of(view)
    report, after = frozen_output(source, target, before, models=models_of(view))
    assert (report.live, report.pictures, report.unchanged, report.not_mended) == (1, 0, 0, ())
    assert after.keys() == {"text/html", "image/png", "text/plain"}
    assert after["image/png"] == before["image/png"]
    stored, state = stored_in(html_in(after)), view.get_state()
    for one in (*view.STATE, "data", "detail"):
        assert stored["state"][one] == state[one], one
    assert stored["upward"] == list(view.STATE)
    assert stored["version"] == bundle_version(view.BUNDLE)
    assert f'data-height="{view.drawn_height}"' in html_in(after)
    assert f"data:image/png;base64,{before['image/png']}" in html_in(after)
    assert "widgets" not in json.loads(target.read_text())["metadata"]
    assert examine_notebook(target)[0].says.endswith(", live")


def test_the_code_in_the_notebook_is_not_taken_over(source, target):
    view = attention_view()
    models = models_of(view)
    _, after = frozen_output(source, target, older_output_of(view), models=models)
    assert stored_in(html_in(after))["code"] == read_bundle("attention.drawn.js")
    assert "hacked" in models[view.model_id]["state"]["_esm"]
    assert "hacked" not in target.read_text()


def test_what_the_notebook_says_cannot_leave_its_place_in_the_html(source, target):
    view = attention_view()
    models, data = models_of(view), older_output_of(view)
    models[view.model_id]["state"]["view_id"] = '"><script>globalThis.hacked = 1</script>'
    data["text/plain"] = 'AttentionView of "><script>globalThis.hacked = 2</script>'
    _, after = frozen_output(source, target, data, models=models)
    assert html_in(after).count("<script") == 3
    assert "hacked = 1</script>" not in html_in(after)
    assert "hacked = 2</script>" not in html_in(after)


def test_a_view_keeps_the_name_by_which_python_knows_it(source, target):
    view = attention_view()
    models = models_of(view)
    models[view.model_id]["state"] |= {"view_id": view.view_id, "revision": 4}
    cut = {**output_of(view), "text/html": output_of(view)["text/html"][:300]}
    report, after = frozen_output(source, target, cut, models=models)
    assert report.live == 1
    stored = stored_in(html_in(after))
    assert (stored["id"], stored["revision"]) == (view.view_id, 4)
    assert f'data-view="{view.view_id}"' in html_in(after)


def test_an_output_whose_script_is_cut_off_is_made_from_its_data_and_later_changes(source, target):
    view = attention_view(embed="all")
    html = output_of(view)["text/html"].replace("data-changes></", f"data-changes>{pack({'layer': 3})}</")
    report, after = frozen_output(source, target, {**output_of(view), "text/html": html[:-200]})
    assert report.live == 1
    assert stored_in(html_in(after))["state"]["layer"] == 3
    assert examine_notebook(target)[0].kind == "ok"


def test_bytes_in_hexadecimal_are_read_too(source, target):
    view = attention_view()
    models = models_of(view)
    for buffer, (_, _, content) in zip(models[view.model_id]["buffers"], buffers_of(view), strict=True):
        buffer |= {"encoding": "hex", "data": content.hex()}
    report, after = frozen_output(source, target, older_output_of(view), models=models)
    assert report.live == 1
    assert stored_in(html_in(after))["state"]["data"] == view.data


def buffers_of(view):
    model = view._get_embed_state()
    return [(one["path"], one["encoding"], base64.b64decode(one["data"])) for one in model["buffers"]]


def test_a_live_view_that_a_widget_without_model_hides_is_shown(source, target):
    view = attention_view()
    report, after = frozen_output(source, target, {**older_output_of(view), **output_of(view)})
    assert report.live == 1
    assert WIDGET_VIEW not in after


def test_what_is_live_or_meant_to_be_a_picture_stays_to_the_letter(source, target, monkeypatch):
    live = output_of(attention_view())
    monkeypatch.setattr(bp.options, "_saved", "picture")
    picture = output_of(attention_view())
    write_notebook(source, cell_of("a", live), cell_of("b", picture))
    assert freeze_notebook(source, target).unchanged == 2
    assert outputs_in(target) == [live, picture]


def test_a_frozen_notebook_stays_as_it_is(source, target, tmp_path):
    view = attention_view()
    write_notebook(source, cell_of("view", older_output_of(view)), models=models_of(view))
    freeze_notebook(source, target)
    again = tmp_path / "again.ipynb"
    assert freeze_notebook(target, again).unchanged == 1
    assert again.read_bytes() == target.read_bytes()


# --- Pictures, and what cannot be mended -------------------------------------------------------------


@pytest.mark.parametrize("kind", ["widget", "alone", "html", "state"])
def test_where_a_picture_is_left_it_says_so(source, target, kind):
    view = attention_view()
    data = older_output_of(view) if kind == "widget" else output_of(view)
    models = None
    if kind == "alone":
        del data["text/html"]
    if kind == "html":
        data["text/html"] = data["text/html"][: data["text/html"].index("data-packed>") + 99]
    if kind == "state":
        data, models = older_output_of(view), models_of(view)
        models[view.model_id]["buffers"][0]["data"] = "AAAA"
    report, after = frozen_output(source, target, data, models=models)
    assert (report.live, report.pictures, report.not_mended) == (0, 1, ())
    assert WIDGET_VIEW not in after
    assert after["image/png"] == data["image/png"]
    html = html_in(after)
    assert "A picture; run the cell to make it live." in html
    assert 'data-bertviz-plus="picture"' in html
    assert f"data:image/png;base64,{data['image/png']}" in html
    assert html.count("<script") == 1
    if kind == "html":
        assert f'data-view="{view.view_id}"' in html


def test_the_picture_within_the_html_serves_where_there_is_no_other(source, target):
    data = output_of(attention_view())
    picture = data.pop("image/png")
    data["text/html"] = data["text/html"][: data["text/html"].index("data-packed>")]
    report, after = frozen_output(source, target, data)
    assert report.pictures == 1
    assert picture in html_in(after)


def spoilt(view, spoil):
    data, models = older_output_of(view), models_of(view)
    del data["image/png"]
    spoil(models[view.model_id])
    return data, models


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda model: model["buffers"].pop(0), "its stored data are cut off or were"),
        (
            lambda model: model["buffers"][0].update(data="eNo="),
            "its stored data are cut off or were changed",
        ),
        (lambda model: model["buffers"][0].update(data="%"), "its stored state is damaged"),
        (lambda model: model["buffers"][0].update(encoding="gzip"), "its stored state is damaged"),
        (lambda model: model["buffers"][0].update(path=["data", "none", 3]), "its stored state is damaged"),
        (lambda model: model["buffers"][0].update(path=[]), "its stored state is damaged"),
        (lambda model: model.update(buffers=7), "its stored state is damaged"),
        (lambda model: model["state"].pop("heads"), "its stored state lacks heads"),
        (
            lambda model: (model["state"].update(data={}), model["buffers"].clear()),
            "its stored state has no data",
        ),
        (lambda model: model["state"].update(height="<b>"), "its stored height is '<b>'"),
        (
            lambda model: model["state"].update(_anywidget_id="bertviz_plus.views.probe.ProbeView"),
            "this version has no view ProbeView",
        ),
    ],
)
def test_a_state_that_cannot_be_drawn_is_named(source, target, spoil, why):
    data, models = spoilt(attention_view(), spoil)
    report, after = frozen_output(source, target, data, models=models)
    (one,) = report.not_mended
    assert (report.live, report.pictures, one.cell) == (0, 0, 2)
    assert one.why.startswith(why)
    assert after == data


def test_an_output_with_nothing_left_is_named_and_stays(source, target):
    data = older_output_of(sense_view())
    del data["image/png"]
    report, after = frozen_output(source, target, data)
    assert after == data
    assert repr(report) == (
        "FrozenNotebook: 0 made live, 0 left as a picture, 0 unchanged, 1 not mended\n"
        "  cell 2, SenseView: neither its state nor a picture was saved: run the cell and save"
    )


# --- Other widgets -----------------------------------------------------------------------------------


def state_in(path):
    return json.loads(path.read_text())["metadata"]["widgets"][WIDGET_STATE]["state"]


def test_other_widgets_keep_their_models(source, target):
    view, slider = attention_view(), ipywidgets.IntSlider()
    write_notebook(
        source,
        cell_of("view", older_output_of(view)),
        cell_of("slider", older_output_of(slider)),
        models=models_of(view, slider),
    )
    freeze_notebook(source, target)
    assert state_in(target).keys() == models_of(slider).keys()
    assert outputs_in(target)[1] == older_output_of(slider)


def test_a_view_within_a_container_keeps_its_model_and_is_named(source, target):
    view = attention_view()
    box = ipywidgets.HBox([view])
    models = models_of(box, view)
    write_notebook(
        source, cell_of("view", older_output_of(view)), cell_of("box", older_output_of(box)), models=models
    )
    report = freeze_notebook(source, target)
    assert report.live == 1
    ((cell, why),) = [(one.cell, one.why) for one in report.not_mended]
    assert (cell, why) == (3, "it is within another widget: show it alone, run the cell and save")
    assert state_in(target) == models
    alone, boxed = outputs_in(target)
    assert "text/html" in alone
    assert boxed == older_output_of(box)


def test_a_view_that_a_link_refers_to_keeps_its_model(source, target):
    view, slider = attention_view(), ipywidgets.IntSlider()
    link = ipywidgets.jslink((view, "layer"), (slider, "value"))
    models = models_of(view, slider, link)
    write_notebook(
        source,
        cell_of("view", older_output_of(view)),
        cell_of("slider", older_output_of(slider)),
        models=models,
    )
    freeze_notebook(source, target)
    assert state_in(target) == models


def test_a_notebook_of_others_alone_is_as_it_was(source, target):
    slider = ipywidgets.IntSlider()
    write_notebook(source, cell_of("1", {"text/plain": "1"}), models=models_of(slider))
    before = json.loads(source.read_text())
    assert freeze_notebook(source, target).unchanged == 0
    assert json.loads(target.read_text()) == before


def test_other_metadata_beside_the_widgets_stay(source, target):
    view = attention_view()
    notebook = notebook_of(cell_of("view", older_output_of(view)), models=models_of(view))
    notebook["metadata"] |= {"kernelspec": {"name": "python3"}, "title": "ä \ud83d"}
    notebook["metadata"]["widgets"]["application/other+json"] = {"state": 1}
    source.write_text(json.dumps(notebook))
    freeze_notebook(source, target)
    notebook["metadata"]["widgets"].pop(WIDGET_STATE)
    assert json.loads(target.read_text(encoding="utf-8"))["metadata"] == notebook["metadata"]


# --- Files -------------------------------------------------------------------------------------------


def test_a_notebook_is_frozen_in_place_with_its_permissions(source):
    view = attention_view()
    write_notebook(source, cell_of("view", older_output_of(view)), models=models_of(view))
    source.chmod(0o600)
    assert freeze_notebook(str(source), str(source)).live == 1
    assert source.stat().st_mode & 0o777 == 0o600
    assert list(source.parent.iterdir()) == [source]
    assert source.read_text().startswith('{\n "cells": [\n')


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (
            ("absent.ipynb", "b.ipynb"),
            FileNotFoundError,
            "source must be a Jupyter notebook of format 4, got",
        ),
        ((None, "b.ipynb"), TypeError, "source must be the path of a notebook, got NoneType"),
        (("good.ipynb", None), TypeError, "target must be the path of a notebook to write, got NoneType"),
        (
            ("good.ipynb", "."),
            ValueError,
            "target must be the path of a notebook to write, got .: it is a folder",
        ),
        (("good.ipynb", "none/b.ipynb"), FileNotFoundError, "target: there is no folder none"),
        (
            ("empty.ipynb", "b.ipynb"),
            ValueError,
            "source must be a Jupyter notebook of format 4, got empty.ipynb",
        ),
        (("a\0", "b.ipynb"), ValueError, "a path holds no zero byte"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(tmp_path, monkeypatch, given, error, said):
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "good.ipynb")
    (tmp_path / "empty.ipynb").touch()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(error, match=re.escape(said)):
        freeze_notebook(*given)
    assert sorted(tmp_path.iterdir()) == before


def places_in(value, path=()):
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in items:
            yield from places_in(one, (*path, key))


OTHERS = (None, "x", [1])


def with_other(value, place, other):
    spoilt = copy.deepcopy(value)
    holder = spoilt
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = other
    return spoilt


def look_and_freeze(source, target):
    """Both tools may refuse a notebook, by name; nothing else may be raised."""
    for act in (examine_notebook, lambda path: freeze_notebook(path, target)):
        try:
            act(source)
        except ValueError as error:
            if "must be a Jupyter notebook of format 4, got" not in str(error):
                raise


def test_whatever_stands_anywhere_in_a_notebook_is_mended_or_named(source, target):
    view = attention_view()
    box = ipywidgets.HBox([view])
    models = models_of(box, view)
    for widget in (box, view):
        del models[widget.layout.model_id]
    notebook = notebook_of(
        cell_of("view", older_output_of(view)), cell_of("box", older_output_of(box)), models=models
    )
    places = [place for place in places_in(notebook) if place]
    assert len(places) > 200
    for place in places:
        for other in OTHERS:
            source.write_text(json.dumps(with_other(notebook, place, other)))
            look_and_freeze(source, target)


def test_whatever_stands_anywhere_in_packed_data_is_mended_or_named(source, target):
    data = output_of(VIEWS["alignment"]())
    stored = stored_in(data["text/html"])
    places = [place for place in places_in(stored) if 0 < len(place) <= 4]
    assert len(places) > 50
    for place in places:
        for other in OTHERS:
            packed = pack(with_other(stored, place, other))
            whole = {**data, "text/html": PACKED.sub(rf"\g<1>{packed}\3", data["text/html"])}
            # One whose script is cut off is frozen too.
            cut = {**whole, "text/html": whole["text/html"][:-100]}
            write_notebook(source, cell_of("whole", whole), cell_of("cut", cut))
            look_and_freeze(source, target)


# --- In a browser ------------------------------------------------------------------------------------


def page_of_outputs(path, page_file):
    """The outputs of a notebook one below the other, as a host that trusts it shows them."""
    shown = [html_in(view.data) for view in shown_views(read_notebook(path))]
    page_file.write_text(f"<!doctype html><meta charset=utf-8>{'<p>…</p>'.join(shown)}", encoding="utf-8")
    return len(shown)


def all_draw(page, count):
    outputs = page.locator("[data-bertviz-plus]")
    expect(outputs).to_have_count(count)
    for place in range(count):
        output = outputs.nth(place)
        output.scroll_into_view_if_needed()
        expect(output).to_have_attribute("data-bertviz-plus", "live")
        page.wait_for_function(DRAWN, arg=output.element_handle())
    assert page.evaluate("() => globalThis.hacked") is None


@pytest.mark.browser
@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_every_view_of_a_frozen_demo_notebook_draws(watch, tmp_path, target, path):
    report = freeze_notebook(path, target)
    assert (report.pictures, report.not_mended) == (0, ())
    count = page_of_outputs(target, tmp_path / "page.html")
    assert count == report.live + report.unchanged > 1
    page = watch.page()
    page.goto((tmp_path / "page.html").as_uri())
    all_draw(page, count)


@pytest.mark.browser
def test_views_that_an_older_version_stored_draw_and_run_none_of_its_code(watch, tmp_path, source, target):
    views = [make() for make in VIEWS.values()]
    write_notebook(
        source, *(cell_of(repr(view), older_output_of(view)) for view in views), models=models_of(*views)
    )
    assert freeze_notebook(source, target).live == len(views)
    page_of_outputs(target, tmp_path / "page.html")
    page = watch.page()
    page.goto((tmp_path / "page.html").as_uri())
    all_draw(page, len(views))


@pytest.mark.browser
def test_a_picture_that_was_left_is_shown_with_its_line(watch, tmp_path, source, target):
    write_notebook(source, cell_of("view", older_output_of(attention_view())))
    assert freeze_notebook(source, target).pictures == 1
    page_of_outputs(target, tmp_path / "page.html")
    page = watch.page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_text("A picture; run the cell to make it live.")).to_be_visible()
    assert page.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") >= 600
