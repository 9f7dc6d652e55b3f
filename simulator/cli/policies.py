"""The template whose policies `check` compares with, or which `--enforce-iam` lets decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError
from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.permissions.names import EnforcedTemplate
    from simulator.pipeline.permissions.synthesis import Template
    from simulator.pipeline.settings import Settings


def policies(term: Terminal, template: Path | None, stage: str = "prod") -> Template:
    """Return a template: one that is there, or the one that CDK makes.

    Args:
        term: is told that CDK makes it.
        template: a file; None to let CDK make one.
        stage: the stage, if CDK makes it.

    Raises:
        NoCdk: CDK is needed and missing.
        CloudError: the template cannot be read or made.
    """
    from simulator.pipeline.permissions.synthesis import read_template, synthesize  # noqa: PLC0415 - for who needs it

    if template is not None:
        return read_template(template)
    term.say("making the template of cdk/ (about 20 s; --template FILE takes one that is there)")
    return synthesize(stage)


def enforced_iam(stack: ExitStack, term: Terminal, template: Path | None, settings: Settings) -> EnforcedTemplate:
    """Return the policies of a template, or of the one that CDK makes for the stage that is run.

    Args:
        stack: what is made for them lasts as long as it is open.
        term: is told what happens.
        template: a file; None to let CDK make one.
        settings: which stage is run, and whether with another number of rows per child than it has.

    Raises:
        UsageError: the template cannot be read or made, or is not that of the workflow that is run.
    """
    # Only here: the service models behind this import take time that `--help` need not wait for.
    from simulator.pipeline.permissions.names import enforced_template  # noqa: PLC0415 - as the line above says

    if template is None and settings.simulator_rows_per_child is not None:
        raise UsageError(
            "--enforce-iam takes the policies of the stage as it is deployed, and SIMULATOR_ROWS_PER_CHILD changes its "
            f"workflow. Unset it and set rowsPerChild in cdk/stages/{settings.simulator_stage}.json, or use --template."
        )
    try:
        found = policies(term, template, settings.simulator_stage)
        enforced = stack.enter_context(enforced_template(found))
    except CloudError as error:
        raise UsageError(str(error)) from None
    term.say(f"functions and state machines may do what {found.source} allows")
    return enforced
