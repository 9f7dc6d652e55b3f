"""`check`: the calls of runs, compared with the policies of a template."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.aws.iam.audit import Refused, Unused, audit
from simulator.aws.iam.gate import call_of
from simulator.pipeline.errors import CloudError
from simulator.pipeline.permissions.not_seen import reason_for
from simulator.runs.folder.json_lines import read_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.aws.iam.call import Call
    from simulator.aws.iam.template.deployment import Deployment
    from simulator.runs.folder.run_folder import RunFolder


@dataclass(slots=True)
class Comparison:
    """What was found.

    Attributes:
        refused: calls that AWS would refuse.
        unused: permissions that nothing uses.
        not_seen: those for which there is a reason, with it.
        notes: sentences about what could not be compared.
        compared: how many different calls were compared.
    """

    refused: list[Refused]
    unused: list[Unused] = field(default_factory=list)
    not_seen: list[tuple[Unused, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: int = 0


def compare_calls(folders: Sequence[RunFolder], deployment: Deployment) -> Comparison:
    """Compare the calls of runs with a template.

    Raises:
        CloudError: a run has no record of its calls, or a broken one.
    """
    calls = [call for folder in folders for call in _calls(folder)]
    names = ", ".join(folder.name for folder in folders)
    found = audit(deployment, calls, f"the run {names}" if len(folders) == 1 else f"the runs {names}")
    result = Comparison(found.refused, compared=found.compared)
    for unused in found.unused():
        for action in unused.actions:
            one = replace(unused, actions=(action,))
            reason = reason_for(one, action, deployment)
            if reason is None:
                result.unused.append(one)
            else:
                result.not_seen.append((one, reason))
    result.notes += [
        f"The template has no function or state machine {name}: its calls were not compared." for name in found.unknown
    ]
    result.notes += [
        f"{one} is attached, and what it allows is not known here: calls that only it allows are told as refused."
        for one in deployment.unknown_managed
    ]
    return result


def _calls(folder: RunFolder) -> list[Call]:
    if not folder.calls_file.is_file():
        raise CloudError(
            f"The run {folder.name} has no aws-calls.jsonl: it has not ended, or an earlier version recorded it. "
            "Run the file again."
        )
    try:
        return [call_of(line) for line in read_lines(folder.calls_file)]
    except (KeyError, TypeError, AttributeError) as error:
        raise CloudError(f"{folder.calls_file} cannot be read: a line has no {error}. Run the file again.") from error
