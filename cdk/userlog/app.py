"""The app: reads the stage, makes the one stack, and has cdk-nag look at it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from userlog.definitions import ROOT
from userlog.stack import UserLogStack
from userlog.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping


def make_app(given: Mapping[str, object], *, stage: Stage | None = None) -> App:
    """Return the app with its stack, not yet synthesized.

    The context of cdk.json is in it whether or not the CLI, which reads that file, has started the program: without
    its flags CDK writes another template.

    Args:
        given: context values beside those of the CLI, as `-c` gives them.
        stage: the stage; if there is none, `-c stage=` names it.

    Raises:
        StageError: no stage can be made from what is given and the stage's file.
    """
    settings = json.loads((ROOT / "cdk" / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(context={**settings, **given})
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stage = stage or Stage.from_context(app.node)
    UserLogStack(app, stage.name_of("Stack"), stage=stage)
    return app
