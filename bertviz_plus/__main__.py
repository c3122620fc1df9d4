"""What can be asked from a command line: ``python -m bertviz_plus doctor [NOTEBOOK]``."""

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code is 0 where all is well, 1 where something is wrong, 2 for a bad call."""
    parser = argparse.ArgumentParser(prog="python -m bertviz_plus", description="Tools of bertviz_plus.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    says = "Say what in this environment, or in a notebook, keeps views from being live, and how to mend it."
    doctor = commands.add_parser("doctor", help=says, description=says)
    doctor.add_argument(
        "notebook", nargs="?", metavar="NOTEBOOK", help="an .ipynb file; nothing in it is run"
    )
    given = parser.parse_args(arguments)

    from bertviz_plus.export.doctor import run

    return run(given.notebook)


if __name__ == "__main__":
    sys.exit(main())
