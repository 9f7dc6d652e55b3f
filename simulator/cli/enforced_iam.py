"""`--enforce-iam`: the policies that decide what the functions and state machines of a run may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError
from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.permissions.names import EnforcedTemplate


def enforced_iam(stack: ExitStack, term: Terminal, template: Path | None) -> EnforcedTemplate:
    """Return the policies of a template, or of the one that CDK makes.

    Args:
        stack: what is made for them lasts as long as it is open.
        term: is told what happens.
        template: a file; None to let CDK make one.

    Raises:
        UsageError: the template cannot be read or made.
    """
    # Only here: the service models behind these imports take time that `--help` need not wait for.
    from simulator.pipeline.permissions.names import enforced_template  # noqa: PLC0415 - as the line above says
    from simulator.pipeline.permissions.synthesis import read_template, synthesize  # noqa: PLC0415

    try:
        if template is None:
            term.say("making the template of cdk/ (about 20 s; --template FILE takes one that is there)")
        found = synthesize() if template is None else read_template(template)
        enforced = stack.enter_context(enforced_template(found))
    except CloudError as error:
        raise UsageError(str(error)) from None
    term.say(f"functions and state machines may do what {found.source} allows")
    return enforced
