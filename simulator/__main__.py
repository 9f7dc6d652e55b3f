"""`python -m simulator`, from the project's folder, or `python PATH/simulator` from any other."""

import sys
from pathlib import Path

if not __package__:
    # Python put this folder first, where `cloud` or `runs` would hide packages of that name; its parent belongs there.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from simulator.cli.app import main

if __name__ == "__main__":
    main()
