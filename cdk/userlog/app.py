"""The app: reads the context options, makes the one stack, and has cdk-nag look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from userlog.stack import UserLogStack
from userlog.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping


def make_app(context: Mapping[str, object] | None = None) -> App:
    """Return the app with its stack, not yet synthesized.

    Args:
        context: context values beside those of the command line (`-c stage=prod`).

    Raises:
        StageError: an option has a value that is not possible.
    """
    app = App(context=context)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stage = Stage.from_context(app.node)
    UserLogStack(app, stage.name_of("Stack"), stage=stage)
    return app
