"""The CDK app: one stack, configured by `-c` options only. Nothing is looked up, so that it synthesizes offline."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT)]

from userlog.app import make_app  # noqa: E402 - the package lies beside this file, wherever it is called from
from userlog.stage import StageError  # noqa: E402

try:
    app = make_app()
except StageError as error:
    sys.exit(str(error))
app.synth()
