"""`python -m tests.chaos --seeds 200 --from 0`: mixtures of faults, and every fault alone with `--single`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.chaos.batch import BATCH, try_batch, workshop
from tests.chaos.mixture import SINGLE, Mixture, mixture, with_file
from tests.chaos.numbers import numbers, told
from tests.chaos.trial import Trial


def main() -> int:
    """Run what is asked for, print the numbers, and return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many mixtures (200)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed (0)")
    parser.add_argument("--single", action="store_true", help="first every fault alone")
    parser.add_argument("--report", type=Path, help="a file that the numbers are appended to")
    asked = parser.parse_args()
    started = time.monotonic()
    sections = []
    wrong = False
    parts: list[tuple[str, list[Mixture]]] = []
    if asked.single:
        alone = [with_file(number, number % BATCH, [text]) for number, text in enumerate(SINGLE)]
        parts.append(("Every fault alone", alone))
    if asked.seeds:
        seeds = range(asked.first, asked.first + asked.seeds)
        title = f"Mixtures, seeds {seeds[0]} to {seeds[-1]}"
        parts.append((title, [mixture(seed, number % BATCH) for number, seed in enumerate(seeds)]))
    for title, mixtures in parts:
        trials: list[Trial] = []
        for start in range(0, len(mixtures), BATCH):
            with workshop() as work:
                trials += try_batch(work, mixtures[start : start + BATCH], lambda trial: print(told(trial), flush=True))
        sections.append(numbers(title, trials))
        wrong = wrong or any(not trial.clean for trial in trials)
    text = "\n".join(sections)
    print(f"\n{text}\n{time.monotonic() - started:.0f} s")
    if asked.report:
        with asked.report.open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
