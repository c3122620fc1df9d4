"""Trainings that were recorded: numbers of every seed in a file, and the results that follow from them."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bertviz_plus.findings.claims import Claim
from bertviz_plus.findings.experiment import Experiment
from bertviz_plus.findings.result import Result
from bertviz_plus.findings.runs import Runs

FOLDER = Path(__file__).parents[1] / "data" / "recorded"
# What of a result is kept beside the numbers that it follows from.
_KEPT = ("verdict", "reason", "number", "interval", "baseline", "baseline_name", "extent")
_COMPARED = ("name", "number", "interval", "baselines", "margin", "observations", "verdict")


@dataclass(frozen=True)
class Recorded(Mapping[str, Result]):
    """The recorded results of a finding by model.

    Examples
    --------
    >>> Recorded({})
    nothing recorded
    """

    results: Mapping[str, Result]

    def __getitem__(self, model: str) -> Result:
        """Return the result with a model.

        Raises
        ------
        KeyError
            For a model that nothing was recorded with.
        """
        if model not in self.results:
            raise KeyError(f"model must be one of {', '.join(self.results)}, got {model!r}")
        return self.results[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.results.values())) or "nothing recorded"

    def _repr_html_(self) -> str:
        return "<hr>".join(result._repr_html_() for result in self.results.values())


def recorded_results(claim: Claim, experiment: Experiment, folder: Path = FOLDER) -> Recorded:
    """Compute the results of a finding from its recorded numbers.

    Raises
    ------
    LookupError
        Where nothing is recorded.
    """
    paths = sorted(folder.glob(f"{claim.key}-*.json"))
    contents = [read_record(path) for path in paths]
    results = [result_of(claim, experiment, one) for one in contents if one["finding"] == claim.key]
    if not results:
        raise LookupError(
            f"nothing of finding {claim.number}, {claim.key}, is recorded; train it: "
            f'bp.primer["{claim.key}"].run(model), or python -m bertviz_plus.findings.record {claim.key}'
        )
    return Recorded({result.model: result for result in results})


def result_of(claim: Claim, experiment: Experiment, content: Mapping[str, Any]) -> Result:
    """Compute a result from recorded numbers, as it is when they have just been trained."""
    runs = Runs.from_dict(content["runs"])
    result = experiment.run(
        claim,
        None,
        runs,
        untrained=True,
        resamples=content["resamples"],
        seed=content["seed"],
        progress=False,
        options=content["options"],
    )
    remake = content["command"]
    said = f"Recorded on {content['date']}, {content['machine']['kind']}; remake with: {remake}"
    own = {name: content[name] for name in ("machine", "versions", "seconds")}
    return replace(result, recorded=said, provenance={**result.provenance, **own, "remake": remake})


def read_record(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a recorded file.

    Raises
    ------
    ValueError
        Where its numbers are not those that were recorded.
    """
    content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    if Runs.from_dict(content["runs"]).sha256 != content["sha256"]:
        raise ValueError(f"{Path(path).name} was changed after it was recorded; remake: {content['command']}")
    return content


def kept_of(result: Result) -> dict[str, Any]:
    """Return what of a result is kept beside the numbers it follows from."""
    every = result.to_dict()
    comparisons = [{name: one[name] for name in _COMPARED} for one in every["comparisons"]]
    related = [{name: one[name] for name in _COMPARED} for one in every["related"]]
    return {name: every[name] for name in _KEPT} | {"comparisons": comparisons, "related": related}


def record_of(
    claim: Claim, experiment: Experiment, result: Result, *, command: str, date: str, seconds: float
) -> dict[str, Any]:
    """Return the content of the file of a result that was just trained.

    Numbers are cut to the digits that the file keeps, and what it says of the result follows from those.
    """
    if result.runs is None:
        raise ValueError(
            f"there is nothing to record of finding {claim.number}, {claim.key}: {result.reason}"
        )
    provenance = result.to_dict()["provenance"]
    left_out = ("untrained", "resamples", "budget")
    content = {
        "finding": claim.key,
        "date": date,
        "command": command,
        "machine": provenance["machine"],
        "versions": provenance["versions"],
        "seconds": round(seconds),
        "seed": provenance["seed"],
        "resamples": provenance["options"]["resamples"],
        "options": {name: value for name, value in provenance["options"].items() if name not in left_out},
        "runs": result.runs.to_dict(),
        "sha256": result.runs.sha256,
    }
    return content | {"result": kept_of(result_of(claim, experiment, content))}


def write_record(content: Mapping[str, Any], folder: Path) -> Path:
    """Write the file of one finding and one model; numbers stand on a line each, so that it stays short."""
    info = content["runs"]["model"]
    model = info["id"] or info["architecture"] or "unnamed"
    path = folder / f"{content['finding']}-{model.replace('/', '_')}.json"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in content.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path
