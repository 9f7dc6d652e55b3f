"""Runs files through a cloud that is open: one with its whole report, or several with one summary."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.cli import exits
from simulator.cli.exits import UsageError
from simulator.cli.following import Ended, exit_code, follow, outcome, settled
from simulator.cli.output.loudness import VERBOSE
from simulator.cli.output.progress import Pace
from simulator.cli.output.report import document, headline
from simulator.cli.output.run_events import RunEvents, event_words
from simulator.cli.output.run_table import show_runs
from simulator.cli.paths import shown
from simulator.cli.sources.upload_file import check_corrected_file, upload_file
from simulator.csv_files.new_users import write_user_master
from simulator.pipeline.provisioning import resource_name
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.listeners import Listeners
    from simulator.pipeline.session import Session
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.redrive_plan import RedrivePlan

MAX_KEY_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How files are uploaded.

    Args:
        key: the object's key; None for the file's name.
        create_users: whether users that a file names and the database lacks are created first.
        convert: whether a spreadsheet's encoding is converted to UTF-8.
        unchecked: whether a corrected file is uploaded although the run that it corrects is not here.
        other_users: whether a corrected row may be for another user than the row that it corrects.
    """

    key: str | None = None
    create_users: bool = False
    convert: bool = True
    unchecked: bool = False
    other_users: bool = False


@dataclass(frozen=True, slots=True)
class CloudAndListeners:
    """The cloud that files run in, and the listeners to its executions."""

    session: Session
    listeners: Listeners


@contextmanager
def prepared(source: Path, options: RunOptions, term: Terminal) -> Iterator[Path]:
    """Give the bytes to upload of a file: converted and checked, in a temporary folder if they differ.

    Raises:
        UsageError: it is refused, or cannot be read.
    """
    key_of(source, options)
    try:
        with upload_file(source, term, convert=options.convert) as body:
            check_corrected_file(body, source, unchecked=options.unchecked, other_users=options.other_users)
            yield body
    except OSError as error:
        raise UsageError(f"{shown(source)} could not be uploaded: {error}") from error


def key_of(source: Path, options: RunOptions) -> str:
    """Return the object's key of a file.

    Raises:
        UsageError: S3 has no such keys.
    """
    key = options.key if options.key is not None else source.name
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise UsageError("The name of the file is not valid text. Rename it, or give a key with --key.") from None
    if not 1 <= size <= MAX_KEY_BYTES:
        raise UsageError(f"A key has 1 to {MAX_KEY_BYTES} bytes in UTF-8, not {size}.")
    return key


def run_one(cloud: CloudAndListeners, source: Path, body: Path, options: RunOptions, term: Terminal) -> int:
    """Run a file, print its report, and return the command's exit code.

    Raises:
        UsageError: its upload starts nothing.
        CloudError: the cloud cannot run it.
    """
    return outcome(cloud.session, _ended(cloud, source, body, options, term), term)


def redrive_in(cloud: CloudAndListeners, folder: RunFolder, plan: RedrivePlan, term: Terminal) -> int:
    """Redrive a run, print its report, and return the command's exit code.

    Raises:
        CloudError: its rows lie in another database, or its folder cannot be restored.
    """
    # Only here: see open_session.
    from simulator.pipeline.redriving.redrive import redrive  # noqa: PLC0415 - as the line above says

    pace = Pace(f":{plan.record.machine}:{folder.name}")
    with cloud.listeners.told(pace):
        running = redrive(cloud.session, folder, plan)
        return outcome(cloud.session, Ended.of(cloud.session, running, follow(running, pace, term)), term)


def run_several(cloud: CloudAndListeners, sources: Sequence[Path], options: RunOptions, term: Terminal) -> int:
    """Run files one after the other, print one summary, and return the command's exit code.

    A file that is refused or fails does not keep the others from being run; Ctrl-C does.

    Raises:
        CloudError: the cloud cannot run them.
    """
    summary = _Summary(not_run=list(sources))
    for source in sources:
        summary.not_run.pop(0)
        try:
            with prepared(source, options, term) as body:
                ended = _ended(cloud, source, body, options, term)
                settled(cloud.session, ended, term)
                headline(term, ended.record)
                term.event({"event": "ended", **document(ended.folder, ended.record, just_ended=True)})
        except UsageError as error:
            term.error("Usage", f"{shown(source)}: {error}")
            summary.refused.append((source, str(error)))
            continue
        summary.ran.append((source, ended))
        if ended.interrupt is not None:
            break
    summary.tell(term)
    return summary.code


def _ended(cloud: CloudAndListeners, source: Path, body: Path, options: RunOptions, term: Terminal) -> Ended:
    """Upload a file and follow its run to the end."""
    session, key = cloud.session, key_of(source, options)
    if options.create_users:
        _create_users(session, body, term)
    machine = f":{resource_name('Workflow')}:"
    pace = Pace(machine)
    with cloud.listeners.told(pace), _told_events(cloud, machine, term) as events:
        upload = session.upload(body, key)
        if not upload.started:
            raise UsageError(
                f"Nothing was started: s3://{upload.bucket}/{upload.key} was uploaded, but {upload.why_not}"
            )
        running = session.wait_for_workflow(upload)
        pace.follow(running.arn)
        term.event({"event": "started", "run": running.name, "bucket": upload.bucket, "key": upload.key})
        events.follow(running.arn)
        term.say("run ", (running.name, "bold"), f"  (s3://{upload.bucket}/{upload.key})")
        return Ended.of(session, running, follow(running, pace, term))


@contextmanager
def _told_events(cloud: CloudAndListeners, machine: str, term: Terminal) -> Iterator[RunEvents]:
    """Let the terminal have what happens in a run, if it wants that."""

    def tell(event: dict[str, Any]) -> None:
        term.event(event)
        if (words := event_words(event)) is not None:
            term.detail(*words)

    events = RunEvents(machine, tell)
    if not term.events and term.loudness < VERBOSE:
        yield events
        return
    with cloud.listeners.told(events):
        yield events


def _create_users(session: Session, body: Path, term: Terminal) -> None:
    from simulator.pipeline.migrator import UsersRefused  # noqa: PLC0415 - see open_session

    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        master = Path(folder) / "users.csv"
        if write_user_master(body, master):
            try:
                created = session.migrator.load_users(master, only_new=True)
            except UsersRefused as error:
                raise UsageError(
                    f"The users of the file could not be created, and nothing was uploaded: {error}. Without "
                    "--create-users, only the rows of unknown users fail."
                ) from None
            term.say(f"created {count(created, 'user')} that the file names and the database lacked")


@dataclass(slots=True)
class _Summary:
    """How several files ended."""

    not_run: list[Path]
    ran: list[tuple[Path, Ended]] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def code(self) -> int:
        """Return the exit code: that of Ctrl-C, else 1 if a file did not succeed."""
        codes = [exit_code(ended) for _, ended in self.ran]
        if codes and codes[-1] in (exits.INTERRUPTED, exits.TERMINATED):
            return codes[-1]
        return exits.FAILED if self.refused or any(codes) else exits.SUCCEEDED

    def tell(self, term: Terminal) -> None:
        """Print it, and write the document."""
        failed = [ended for _, ended in self.ran if exit_code(ended) != exits.SUCCEEDED]
        succeeded = len(self.ran) - len(failed)
        term.say(("\nAll files", "bold"))
        if self.ran:
            show_runs(term, [ended.record.name for _, ended in self.ran], [ended.record for _, ended in self.ran])
        for source, why in self.refused:
            term.say(("not run  ", "red"), f"{shown(source)}: {why.splitlines()[0]}")
        for source in self.not_run:
            term.say(("not run  ", "yellow"), f"{shown(source)}: stopped before it")
        files = len(self.ran) + len(self.refused) + len(self.not_run)
        term.say(f"{succeeded:,} of {count(files, 'file')} succeeded")
        for ended in failed:
            term.say("  ", (command("show", ended.record.name), "bold"))
        term.document(self._document(succeeded))

    def _document(self, succeeded: int) -> dict[str, Any]:
        ran = [{"file": str(source.absolute()), **document(ended.folder, ended.record)} for source, ended in self.ran]
        refused = [{"file": str(source.absolute()), "error": "Usage", "message": why} for source, why in self.refused]
        return {
            "files": [*ran, *refused],
            "succeeded": succeeded,
            "failed": len(self.ran) + len(self.refused) - succeeded,
            "notRun": [str(source.absolute()) for source in self.not_run],
        }
