"""Run notebooks from top to bottom and save them with their views, which live in the outputs.

`--into FOLDER` leaves the notebooks as they are and writes there what comes of them: the notebook that
was run, the files that its cells write, and the picture of every view. `--in-place` saves the outputs
into the notebooks themselves, as they are in the repository.
"""

import argparse
import base64
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

# Outputs that are in the repository stay small; live views are most of it.
LARGEST = 3_000_000


class Runner(NotebookClient):
    """Runs a notebook and tells how far it is."""

    def show_progress(self) -> None:
        """Print a line after each code cell."""
        total = sum(cell.cell_type == "code" for cell in self.nb.cells)
        done = 0
        start = 0.0

        def starting(**_: object) -> None:
            nonlocal start
            start = time.monotonic()

        def finished(cell: NotebookNode, **_: object) -> None:
            nonlocal done
            if cell.cell_type == "code":
                done += 1
                first = next((line for line in cell.source.splitlines() if line.strip()), "")
                print(f"    [{done:2}/{total}] {time.monotonic() - start:5.1f} s  {first[:80]}", flush=True)

        self.on_cell_start = starting
        self.on_cell_executed = finished


def run(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells with `folder` as the working directory; outputs go into the notebook."""
    runner = Runner(
        notebook,
        timeout=600,
        kernel_name="python3",
        # Its notes about the connection are not for the reader of a notebook.
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        # Views need none: what is saved is as JupyterLab's default settings save it.
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    runner.show_progress()
    runner.execute()
    # Which Python ran it is no news, and would change with every machine.
    notebook.metadata.get("language_info", {}).pop("version", None)


def save_pictures(notebook: NotebookNode, folder: Path) -> list[Path]:
    """Write the picture that each view carries for places where nothing runs."""
    for earlier in folder.glob("cell_*.png"):
        earlier.unlink()
    paths = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            picture = output.get("data", {}).get("image/png")
            if picture:
                path = folder / f"cell_{number:02}.png"
                path.write_bytes(base64.b64decode(picture))
                paths.append(path)
    return paths


def main() -> int:
    """Run each notebook; 0 when all its cells did."""
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("notebooks", nargs="+", type=Path)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--into", type=Path, metavar="FOLDER")
    where.add_argument("--in-place", action="store_true")
    arguments = parser.parse_args()

    for path in arguments.notebooks:
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as scratch:
            folder = arguments.into or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                run(notebook, folder.resolve())
            except CellExecutionError as error:
                print(error, file=sys.stderr)
                return 1
        if arguments.in_place:
            nbformat.write(notebook, path)
            size = path.stat().st_size
            print(f"    {path}: {size / 1e6:.2f} MB")
            if size > LARGEST:
                print(f"{path} is over {LARGEST / 1e6:.0f} MB", file=sys.stderr)
                return 1
        else:
            nbformat.write(notebook, folder / path.name)
            save_pictures(notebook, folder)
            print(f"\nWhat to look at, in {folder}/:")
            for made in sorted(folder.iterdir()):
                if made.suffix in {".html", ".ipynb", ".pdf", ".png", ".svg"}:
                    print(f"    {made.name:24} {made.stat().st_size / 1000:6.0f} kB")
            pages = sorted(folder.glob("*.html"))
            if pages:
                print(f"Open {pages[0]} in any browser: it is live, and asks for nothing from any network.")
            print("`make lab` opens the notebook itself.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
