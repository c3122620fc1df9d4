"""The README says what the package does, and its counts are those of the tests."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import bertviz_plus as bp

ROOT = Path(bp.__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_summary_of_the_models_that_were_tried_counts_as_the_table_does():
    table = (ROOT / "tests/models/architectures_table.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    kinds = Counter(
        (states, attention, rest.strip() if rest.strip() in ("yes", "no") else "partly")
        for _, states, attention, rest, *_ in rows
    )
    section = README.split("## Models that were tried")[1].split("\n## ")[0]
    left_out = len(re.findall(r"`\w+` \(", table.split("Left out")[1]))
    counts = [
        kinds["yes", "yes", "yes"],
        kinds["yes", "yes", "partly"],
        kinds["yes", "no", "no"],
        sum(kinds["no", "yes", rest] for rest in ("yes", "partly", "no")),
        kinds["no", "no", "no"],
        left_out,
    ]
    assert [int(one) for one in re.findall(r"^- (\d+) ", section, re.MULTILINE)] == counts
    assert f"{len(rows)} text architectures" in section
    assert f"; {kinds['yes', 'yes', 'no']} give hidden states and attention alone" in section


def test_what_a_newcomer_meets_in_the_readme_is_explained_there():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra in set(extras["optional-dependencies"]) - {"test", "dev"}:
        assert f"`[{extra}]`" in README
    for notebook in (ROOT / "demo_notebooks").glob("*.ipynb"):
        assert f"demo_notebooks/{notebook.name}" in README
    for term, meaning in {
        "Primer": "survey of what is known of BERT",
        "Gold": "links are those that people drew",
        "(*AER*)": "0 where none is wrong",
        "`inter`": "keeps a link where each word is the other's most similar one",
        "`.talp`": "holds links as text",
    }.items():
        assert term in README
        assert meaning in README
    assert README.index("holds links as text") < README.index("out.talp")
    assert "<iframe" in README
    assert "encoder–decoder" in README
