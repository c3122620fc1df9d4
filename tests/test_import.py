"""What is public is there, and what needs no model needs no torch."""

import subprocess
import sys
from pathlib import Path

import pytest

import bertviz_plus

PACKAGE = Path(bertviz_plus.__file__).parent
STUB = PACKAGE / "__init__.pyi"
WITHOUT_MODELS = sorted(
    ".".join(("bertviz_plus", *path.relative_to(PACKAGE).with_suffix("").parts))
    for folder in ("charts", "export", "measures", "plates", "traces", "views")
    for path in (PACKAGE / folder).rglob("[!_]*.py")
)


@pytest.mark.parametrize("name", bertviz_plus.__all__)
def test_every_public_name_is_there_and_documented(name):
    assert getattr(bertviz_plus, name).__doc__


def test_a_name_that_is_not_public_is_refused_with_those_that_are():
    with pytest.raises(AttributeError, match=r"no attribute 'lode'; it has .*load"):
        assert bertviz_plus.lode


def test_every_name_is_the_one_that_type_checkers_see():
    lines = [line for line in STUB.read_text().splitlines() if line.startswith("from")]
    assert len(lines) == len(bertviz_plus.__all__) > 40
    for line in lines:
        here: dict[str, object] = {}
        exec(line, here)
        name = line.rpartition(" ")[2]
        assert name in bertviz_plus.__all__
        assert getattr(bertviz_plus, name) is here[name]


def test_importing_the_package_imports_none_of_its_rooms():
    code = "import sys, bertviz_plus; print(*(n for n in sys.modules if n.startswith('bertviz_plus.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == []


def test_all_but_models_is_imported_where_there_is_neither_torch_nor_transformers():
    code = "import sys, importlib\nsys.modules.update(torch=None, transformers=None, altair=None)\n"
    code += f"for name in {WITHOUT_MODELS!r}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
