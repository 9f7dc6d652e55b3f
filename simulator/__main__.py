"""`python -m simulator`, from the project's folder, or `python PATH/simulator` from any other."""

import os.path
import sys

if not __package__:
    # Python put this folder first, where `cloud` or `runs` would hide packages of that name; its parent belongs there.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120 - see cli/quick.py

from simulator.cli.quick import run_quickly

if __name__ == "__main__":
    if (code := run_quickly(sys.argv[1:])) is not None:
        sys.exit(code)
    from simulator.cli.app import main

    main()
