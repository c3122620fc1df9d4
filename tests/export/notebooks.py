"""Notebooks with views in them, as this version saves them and as older ones did."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from ipywidgets import Widget

from bertviz_plus.export.notebook import WIDGET_STATE, WIDGET_VIEW
from bertviz_plus.traces.alignments import Alignments
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.traces.trace import Trace
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.base import View
from bertviz_plus.views.masked import MaskedView
from bertviz_plus.views.senses import SenseView
from bertviz_plus.views.syntax import SyntaxView
from tests.browser.alignment_view import alignments, pair
from tests.views.masked_samples import asked_of
from tests.views.samples import softmax
from tests.views.syntax_samples import read_of

Data = dict[str, Any]


def attention_view(**state: Any) -> AttentionView:
    tokens = ["[CLS]", "</script>", "cat", "[SEP]"]
    return AttentionView(Trace.from_attention(softmax(4, 3, 4), tokens), **state)


def sense_view(**state: Any) -> SenseView:
    vectors = np.random.default_rng(0).normal(size=(3, 20, 8))
    bank = Occurrences.from_vectors(vectors, senses=["river", "money"] * 10, word="bank")
    return SenseView(bank, progress=False, scores=False, **state)


def alignment_view(**state: Any) -> AlignmentView:
    return AlignmentView(alignments(pair("a b", "x y"), pair("c d", "z w")), progress=False, **state)


def unread_alignment_view() -> AlignmentView:
    return AlignmentView(Alignments.from_words([("The house", "Das Haus")]))


def syntax_view(**state: Any) -> SyntaxView:
    return SyntaxView(read_of(), **state)


def masked_view(**state: Any) -> MaskedView:
    return MaskedView(asked_of(), **state)


VIEWS = {
    "attention": attention_view,
    "senses": sense_view,
    "alignment": alignment_view,
    "syntax": syntax_view,
    "masked": masked_view,
}


def output_of(view: View) -> Data:
    """What the view's cell stores."""
    content, _ = view._repr_mimebundle_()
    return dict(content)


def older_output_of(widget: Widget) -> Data:
    """What a cell stored when its output was the widget's view."""
    reference = {"model_id": widget.model_id, "version_major": 2, "version_minor": 1}
    data: Data = {WIDGET_VIEW: reference, "text/plain": repr(widget)}
    if isinstance(widget, View):
        data["image/png"] = base64.b64encode(widget.plate().fallback()).decode()
    return data


def models_of(*widgets: Widget) -> dict[str, Any]:
    """Models as they were stored with a notebook, those of layouts among them."""
    models = {}
    for widget in (*widgets, *(widget.layout for widget in widgets if hasattr(widget, "layout"))):
        model = json.loads(json.dumps(widget._get_embed_state()))
        for name in ("view_id", "version", "revision"):
            model["state"].pop(name, None)
        if isinstance(widget, View):
            # What a notebook brings is not run.
            model["state"]["_esm"] = "globalThis.hacked = 'by the notebook'"
        models[widget.model_id] = model
    return models


def cell_of(source: str, *outputs: Data) -> Data:
    shown = [{"output_type": "display_data", "metadata": {}, "data": data} for data in outputs]
    return {
        "cell_type": "code",
        "id": f"cell-{abs(hash(source)) % 10**8}",
        "execution_count": None,
        "metadata": {},
        "source": source,
        "outputs": shown,
    }


def notebook_of(*cells: Data, models: dict[str, Any] | None = None) -> Data:
    about = {"cell_type": "markdown", "id": "about", "metadata": {}, "source": "# A lesson"}
    widgets = {WIDGET_STATE: {"state": models, "version_major": 2, "version_minor": 0}}
    return {
        "cells": [about, *cells],
        "metadata": {"widgets": widgets} if models else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_notebook(path: Path, *cells: Data, models: dict[str, Any] | None = None) -> Path:
    path.write_text(json.dumps(notebook_of(*cells, models=models), indent=1), encoding="utf-8")
    return path


def outputs_in(path: Path) -> list[Data]:
    """The data of each output of a notebook's file."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [output["data"] for cell in notebook["cells"] for output in cell.get("outputs", [])]


def html_in(data: Data) -> str:
    return "".join(data["text/html"])
