"""The table of architectures for users: `python -m tests.models.architectures_table`."""

from collections import Counter
from pathlib import Path

import torch
import transformers
from transformers import logging

from tests.models.architecture_outcomes import LeftOutError, Outcome, outcome_of
from tests.models.every_architecture import text_types

TABLE = Path(__file__).with_suffix(".md")
_INSIDE = ("queries", "keys", "values", "scores", "context", "output_norms")


def row_of(model_type: str, found: Outcome) -> str:
    """One line of the table."""
    inside = [name for name in _INSIDE if name in found.gives]
    lacking = [name for name in _INSIDE if name not in found.gives]
    whole = "yes" if not lacking else "no" if not inside else f"without {', '.join(lacking)}"
    cells = [
        f"`{model_type}`",
        "yes" if "hidden_states" in found.gives else "no",
        "yes" if "attention" in found.gives else "no",
        whole,
        found.said or _reason(found),
    ]
    return f"| {' | '.join(cells)} |"


def _reason(found: Outcome) -> str:
    """Say why hidden states or attention are refused."""
    for name in ("model", "hidden_states", "attention"):
        if name in found.refused:
            said = found.refused[name].split("): ", 1)[-1]
            return said.split("; ", 1)[0].replace("|", "/")
    return ""


def main() -> None:
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    rows, left_out = [], []
    kinds: Counter[str] = Counter()
    for model_type in text_types():
        try:
            found = outcome_of(model_type)
        except LeftOutError as error:
            left_out.append(f"`{model_type}` ({error})")
            continue
        rows.append(row_of(model_type, found))
        refuses = not {"hidden_states", "attention"} <= found.gives
        kinds["fails" if found.faults else "refuses something" if refuses else "gives both"] += 1
        if found.faults:
            print(model_type, *found.faults, sep="\n  ")
    counts = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    TABLE.write_text(
        f"Tried with transformers {transformers.__version__}: tiny random models of {len(rows)} text "
        f"architectures ({counts}).\n\n"
        "| model type | hidden states | attention | queries, keys, values, scores, context, norms | note |\n"
        "|---|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        f"Left out, since no tiny model of them can be built or run: {', '.join(left_out) or 'none'}.\n"
    )
    print(counts, f"{len(left_out)} left out")


if __name__ == "__main__":
    main()
