"""Does the package run on every Python that is here? `make test-pythons`.

Install, import, the tests of traces and models, and one view in a browser.
"""

import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13")
FOLDER = Path("build/pythons")
PACKAGE = ".[models,models-extra,test]"
TESTS = ("tests/test_import.py", "tests/traces", "tests/models", "tests/browser/test_page.py")
CHOSEN = "not slow and not architectures and not at_400_pixels"


def interpreter(version: str) -> str | None:
    """The command of a Python that starts; a pyenv shim may not."""
    command = shutil.which(f"python{version}")
    candidates = [command, *map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))]
    for one in filter(None, candidates):
        if subprocess.run([one, "-c", ""], check=False, capture_output=True).returncode == 0:
            return one
    return None


def tried(version: str, python: str) -> bool:
    """Install into an environment of its own, and run what a user of this Python would meet first."""
    home = FOLDER / version
    own = home / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", str(home)], check=True)
    print(f"==> Python {version}: installing, several minutes the first time", flush=True)
    pip = [
        str(own),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        "constraints.txt",
    ]
    if subprocess.run([*pip, PACKAGE], check=False).returncode:
        return False
    print(f"==> Python {version}: testing", flush=True)
    pytest = [str(own), "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-k", CHOSEN, *TESTS]
    return subprocess.run(pytest, check=False).returncode == 0


def main() -> int:
    found = {version: interpreter(version) for version in VERSIONS}
    results = {version: tried(version, python) for version, python in found.items() if python}
    print("==> Pythons")
    for version in VERSIONS:
        said = {None: "not here", True: "ok", False: "FAILED"}[results.get(version)]
        print(f"    {version}: {said}")
    return int(not results or not all(results.values()))


if __name__ == "__main__":
    sys.exit(main())
