"""Train findings and record every number: ``python -m bertviz_plus.findings.record flatness``.

What has been trained is kept as it ends, so that the same command goes on after an interrupt.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bertviz_plus.findings.finding import Finding
from bertviz_plus.findings.primer import primer
from bertviz_plus.findings.recorded import FOLDER, record_of, write_record
from bertviz_plus.models.loading.load import load

_PROGRAM = "python -m bertviz_plus.findings.record"


def main(arguments: Sequence[str] | None = None) -> None:
    """Record findings from the command line."""
    trained = [one for one in primer if one.experiment is not None and one.trained is not None]
    parser = argparse.ArgumentParser(prog=_PROGRAM, description=__doc__)
    parser.add_argument("findings", nargs="*", help="keys; all that train where none is given")
    parser.add_argument("--model", action="append", help="bundled models; those of the finding by default")
    parser.add_argument("--budget", choices=("quick", "full"), default="full")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", help="where to train, the processor by default")
    parser.add_argument("--kept", type=Path, default=Path("build/experiments"), help="unfinished trainings")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder of recorded files")
    asked = parser.parse_args(arguments)
    known = [one.key for one in trained]
    for key in asked.findings:
        if key not in known:
            parser.error(f"findings that train are {', '.join(known)}; got {key!r}")
    for finding in trained:
        if asked.findings and finding.key not in asked.findings:
            continue
        own = finding.trained.own_model  # type: ignore[union-attr]
        models = asked.model or finding.trained.recorded_with  # type: ignore[union-attr]
        for model in [None] if own else models:
            _record(finding, model, asked)


def _record(finding: Finding, model: str | None, asked: argparse.Namespace) -> None:
    named = f" --model {model}" if model else ""
    command = f"{_PROGRAM} {finding.key}{named} --budget {asked.budget} --seed {asked.seed}"
    print(command, flush=True)
    kept = asked.kept / f"{finding.key}-{model or 'lab'}-{asked.budget}-{asked.seed}.jsonl"
    start = load(model, device=asked.device) if model else None
    result = finding.run(start, budget=asked.budget, seed=asked.seed, resume=kept)
    print(result, flush=True)
    if result.runs is None or finding.trained is None:
        print("  There is no number to record.", flush=True)
        return
    trainings = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    content = record_of(
        finding,
        finding.trained,
        result,
        command=command,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seconds=sum(one.get("seconds", 0) for one in trainings),
    )
    print(f"  {write_record(content, asked.into)}", flush=True)


if __name__ == "__main__":
    main()
