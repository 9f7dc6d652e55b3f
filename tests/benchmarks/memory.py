"""The simulator's own peak memory (moto's process aside) at 1,000 and at 100,000 rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from simulator.pipeline.settings import PROJECT_ROOT

SIZES = (1_000, 100_000)


def main() -> None:
    """Run the real command for each size, and print its peak resident memory."""
    peaks = []
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            csv = Path(folder) / "rows.csv"
            make = [sys.executable, str(PROJECT_ROOT / "sample_data" / "make_samples.py")]
            subprocess.run([*make, "--rows", str(rows), "--out", str(csv)], check=True)
            code = (
                "import runpy, sys; sys.argv = ['simulator', *sys.argv[1:]]\n"
                "try: runpy.run_module('simulator', run_name='__main__')\n"
                "finally:\n"
                "    from tests.benchmarks.scale import peak_megabytes\n"
                "    print(peak_megabytes(), file=sys.stderr)"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, "run", str(csv), "--create-users", "--json"],
                env={**os.environ, "SIMULATOR_HOME": f"{folder}/home"},
                cwd=PROJECT_ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            peak = float(done.stderr.strip().splitlines()[-1])
            status = json.loads(done.stdout)["status"]
        peaks.append(peak)
        print(f"{rows:>7,} rows: {status}, peak {peak:.0f} MB")
    print(f"ratio: {peaks[-1] / peaks[0]:.2f}")
