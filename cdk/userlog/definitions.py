"""The files that the simulator runs and CDK deploys."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "cdk" / "definitions"
