"""Every check of the project, one after the other, and what came of them: `make test`.

`--all` adds the slow, broad ones: `make test-all`.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

REPORTS = Path("build/tests")
PYTEST = [sys.executable, "-m", "pytest", "-q", "--durations=8", "--durations-min=5"]


@dataclass(frozen=True)
class Check:
    """One command; `report` is the JUnit file that it writes when it runs tests."""

    name: str
    command: list[str]
    report: Path | None = None


def pytest(name: str, *arguments: str) -> Check:
    report = REPORTS / f"{name}.xml"
    return Check(name, [*PYTEST, f"--junitxml={report}", *arguments], report)


CHOSEN = "(slow or not slow)" if "--all" in sys.argv else "not slow"
NODE_REPORT = REPORTS / "javascript.xml"
CHECKS = [
    Check("python style", [sys.executable, "-m", "ruff", "check", "--quiet"]),
    Check("python format", [sys.executable, "-m", "ruff", "format", "--check", "--quiet"]),
    Check("python types", [sys.executable, "-m", "mypy"]),
    Check("javascript style and types", ["npm", "run", "--silent", "check"]),
    Check(
        "javascript",
        [
            "node",
            "--test",
            "--test-reporter=dot",
            "--test-reporter-destination=stdout",
            "--test-reporter=junit",
            f"--test-reporter-destination={NODE_REPORT}",
            *sorted(str(path) for path in Path("js/tests").glob("*.test.js")),
        ],
        NODE_REPORT,
    ),
    pytest("python", "-n", "2", "-m", f"not browser and {CHOSEN}"),
    # A file is one process's: its tests share a server. Servers, kernels and browsers talk while other work
    # runs: what fails once is tried once more.
    pytest("browser", "-n", "2", "--dist", "loadfile", "--reruns", "1", "-m", f"browser and {CHOSEN}"),
]


def counts(report: Path) -> tuple[int, int, int]:
    """How many tests passed, failed and were skipped."""
    if not report.exists():
        return 0, 0, 0
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def main() -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    # Two processes of tests with a thread each are faster than with two that wait for one another.
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    environment = {**one_thread, **os.environ}
    total = [0, 0, 0]
    lines = []
    for check in CHECKS:
        print(f"==> {check.name}", flush=True)
        if check.report:
            check.report.unlink(missing_ok=True)
        start = time.monotonic()
        code = subprocess.run(check.command, env=environment, check=False).returncode
        seconds = time.monotonic() - start
        lines.append(f"    {'FAILED' if code else 'ok    '} {seconds:5.0f} s  {check.name}")
        passed, failed, skipped = counts(check.report) if check.report else (int(code == 0), 0, 0)
        # A runner that ends badly without a failed test (none collected, a crash) is a failure too.
        failed = max(failed, int(code != 0))
        total = [total[0] + passed, total[1] + failed, total[2] + skipped]
    print("==> All checks", *lines, sep="\n")
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return int(total[1] > 0)


if __name__ == "__main__":
    sys.exit(main())
