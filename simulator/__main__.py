"""`python -m simulator`, from the project's folder, or `python PATH/simulator` from any other."""

import os.path
import sys

if not __package__:
    # Python put this folder first, where `cloud` or `runs` would hide packages of that name; its parent belongs there.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120 - see cli/quick.py

from simulator.cli.quick import run_quickly


def main() -> None:
    """Run the command that the arguments name, and exit; the script `simulator` of an installation calls it too."""
    if (code := run_quickly(sys.argv[1:])) is not None:
        sys.exit(code)
    from simulator.cli.app import main as command_line  # noqa: PLC0415 - the quick way need not wait for it

    command_line()


if __name__ == "__main__":
    main()
