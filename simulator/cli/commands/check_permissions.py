"""The part of `check` about permissions: what runs asked of AWS, compared with the policies that are deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cli.exits import UsageError
from simulator.cli.policies import policies
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.store import RunNotFound, RunStore
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.permissions.comparison import Comparison
    from simulator.runs.folder.run_folder import RunFolder


def check_permissions(term: Terminal, runs: list[str], template: Path | None, stage: str) -> dict[str, Any] | None:
    """Compare, and print what was found.

    Args:
        term: prints it.
        runs: names of runs, or `all`; empty for the newest, if there is one.
        template: a file; None to let CDK make it.
        stage: the stage, if CDK makes it.

    Returns:
        The findings for the document; None if nothing was compared, which is said.

    Raises:
        UsageError: there is no such run; CDK is needed and missing; a run or the template cannot be read.
    """
    # Only here: the service models behind these imports take time that `--help` need not wait for.
    from simulator.pipeline.permissions.comparison import compare_calls  # noqa: PLC0415 - as the line above says
    from simulator.pipeline.permissions.names import deployment_of  # noqa: PLC0415
    from simulator.pipeline.permissions.synthesis import NoCdk  # noqa: PLC0415

    asked = bool(runs) or template is not None
    folders = _folders(runs)
    if not folders:
        if asked:
            raise UsageError(f"No run has ended whose AWS calls could be compared. First: {command('run', 'FILE')}")
        term.say(("permissions  ", "dim"), "not compared: no run has ended here")
        return None
    try:
        found = policies(term, template, stage)
    except NoCdk as error:
        if asked:
            raise UsageError(str(error)) from None
        term.say(("permissions  ", "dim"), f"not compared: {error}")
        return None
    except CloudError as error:
        raise UsageError(str(error)) from None
    try:
        compared = compare_calls(folders, deployment_of(found))
    except CloudError as error:
        raise UsageError(str(error)) from None
    _tell(term, compared, [folder.name for folder in folders], found.source)
    return _document(compared, folders, found.source)


def _folders(runs: list[str]) -> list[RunFolder]:
    store = RunStore(Settings().home.runs)
    if runs and "all" not in runs:
        try:
            return [store.find(name) for name in runs]
        except RunNotFound as error:
            raise UsageError(str(error)) from None
    known = [store.folder(record.name) for record in store.records()]
    ended = [folder for folder in known if folder.calls_file.is_file()]
    return ended if runs else ended[:1]


def _tell(term: Terminal, compared: Comparison, runs: list[str], source: str) -> None:
    told = f"{count(compared.compared, 'call')} of {count(len(runs), 'run')} and of {source}"
    if compared.refused:
        term.say((f"{count(len(compared.refused), 'problem')}  ", "bold red"), f"permissions ({told})")
    else:
        term.say(("ok  ", "green"), f"permissions ({told})")
    for refused in compared.refused:
        term.say(f"  {refused}")
    for unused in compared.unused:
        term.say(("  Warning: ", "yellow"), str(unused))
    for note in compared.notes:
        term.say(("  Note: ", "yellow"), note)
    if compared.unused and len(runs) == 1:
        term.say(f"  Other runs may use them: {command('check', '--run', 'all')}")
    if compared.not_seen:
        term.say(f"  {count(len(compared.not_seen), 'permission')} that no local run can use (--json lists them)")


def _document(compared: Comparison, folders: list[RunFolder], source: str) -> dict[str, Any]:
    return {
        "runs": [folder.name for folder in folders],
        "template": source,
        "compared": compared.compared,
        "refused": [
            {"role": one.who, "action": one.action, "resource": one.resource, "reason": one.reason, "source": one.why}
            for one in compared.refused
        ],
        "unused": [
            {"owner": one.owner, "actions": list(one.actions), "resources": list(one.resources)}
            for one in compared.unused
        ],
        "notSeen": [
            {"owner": one.owner, "actions": list(one.actions), "resources": list(one.resources), "reason": reason}
            for one, reason in compared.not_seen
        ],
        "notes": compared.notes,
    }
