"""What the demo notebooks say is true in either theme, and their examples show something."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import bertviz_plus as bp

NOTEBOOKS = sorted((Path(bp.__file__).parents[1] / "demo_notebooks").glob("*.ipynb"))


def sources(name):
    return [
        cell.source for cell in nbformat.read(next(one for one in NOTEBOOKS if name in one.name), 4).cells
    ]


def cell_with(name, text):
    return next(source for source in sources(name) if text in source)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_sentence_calls_dark_what_is_bright_in_the_other_theme(path):
    text = " ".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
    assert not re.search(r"\b(dark|darker|darkest|bright|brighter)\b", text)


def test_every_vertical_axis_of_the_error_rates_has_one_title():
    cell = cell_with("02", "mark_area")
    assert cell.count("title=rate") == cell.count("y=alt.Y(") == 2


@pytest.fixture(scope="module")
def multi():
    return bp.load("multilingual-e5-small")


def named(name, text):
    """The strings that a cell assigns or passes, by name."""
    return dict(re.findall(r'(\w+) ?= ?"([^"]+)"', cell_with(name, text)))


def test_the_pair_of_the_alignment_lesson_tells_layers_and_methods_apart(multi):
    given = named("02", "german =")
    pair = bp.alignments(multi, [(given["english"], given["german"])], gold=[given["gold"]], progress=False)
    rates = bp.alignment_map(pair).to_numpy()
    assert (rates < 0.005).mean() < 0.1
    assert np.ptp(rates) > 0.5


def test_the_example_that_readers_link_themselves_is_not_solved(multi):
    given, ours = named("02", "target ="), named("02", "ours =")["ours"]
    found = bp.align(multi, given["source"], given["target"])
    scores = bp.evaluate_alignment([found], [bp.Gold.of(ours)], resamples=0)
    assert 0.5 < scores.precision < 1
    assert 0.5 < scores.recall < 1


@pytest.mark.parametrize("name", ["03", "04", "05", "06", "07", "08", "09"])
def test_every_figure_of_an_answer_stands_in_an_output(name):
    notebook = nbformat.read(next(one for one in NOTEBOOKS if name in one.name), 4)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    shown = " ".join(one.get("text", "") + one.get("data", {}).get("text/plain", "") for one in outputs)
    there = {f"{float(figure):.2f}"[1:] for figure in re.findall(r"0?\.\d+", shown)}
    answers = " ".join(cell.source for cell in notebook.cells if "<details>" in cell.source)
    said = set(re.findall(r"(?<!\d)\.\d\d\b", answers))
    assert said
    assert said <= there
