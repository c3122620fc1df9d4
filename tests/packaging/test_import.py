"""`import bertviz_plus` is cheap: what is heavy waits until it is needed."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "altair", "pandas", "scipy", "sklearn", "anywidget", "IPython")


def imported_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert imported_by("import bertviz_plus") & set(HEAVY) == set()


@pytest.mark.parametrize("name", ["Trace", "AttentionView"])
def test_traces_and_views_need_no_torch(name: str) -> None:
    loaded = imported_by(f"import bertviz_plus\nbertviz_plus.{name}")
    assert loaded & {"torch", "transformers", "altair"} == set()


def test_a_saved_trace_opens_and_shows_where_there_is_no_torch() -> None:
    code = """
import sys, tempfile, pathlib
sys.modules["torch"] = None
import numpy as np
import bertviz_plus as bp
path = pathlib.Path(tempfile.mkdtemp()) / "cat.trace"
bp.Trace.from_attention(np.full((1, 2, 2, 2), 0.5), ["the", "cat"]).save(path)
assert bp.AttentionView(bp.Trace.load(path))._repr_mimebundle_()
"""
    imported_by(code)


def test_public_names_are_listed_before_they_are_imported() -> None:
    import bertviz_plus

    assert set(bertviz_plus.__all__) <= set(dir(bertviz_plus))
