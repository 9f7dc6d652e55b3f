"""Runs the files of an inbox, and writes the report that lies beside each."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from simulator.cli.output.report import report
from simulator.cli.output.terminal import Terminal, told_errors
from simulator.cli.running import RunOptions, key_of, prepared
from simulator.pipeline.inbox.inbox import Verdict
from simulator.runs.caller import Caller, called_from
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.pipeline.inbox.claims import Claim
    from simulator.pipeline.session import Session
    from simulator.runs.folder.run_folder import RunFolder

CLAIM = "simulator-claim"
"""The metadata of an uploaded object that says which file of the inbox it is."""
REPORT_WIDTH = 200
NOWHERE = Caller(folder=None, python=sys.executable or "python3", home=None)
"""A report is read in any folder: its paths and commands are whole."""


class InboxRuns:
    """Uploads files as `run` does: converted and checked. Rows of unknown users fail.

    Args:
        session: the cloud.
        stopping: set once the cloud ends.
        home: the text of SIMULATOR_HOME for the commands in reports.
    """

    def __init__(self, session: Session, stopping: Event, home: str | None) -> None:
        self._session = session
        self._stopping = stopping
        self._caller = Caller(folder=NOWHERE.folder, python=NOWHERE.python, home=home)

    def begin(self, claim: Claim, *, again: bool) -> Callable[[], Verdict | None]:
        """Upload a file, or find what an earlier process made of it; see `Uploader`."""
        page = _Page()
        with called_from(self._caller):
            try:
                with told_errors(page):
                    found = self._earlier_run(claim) if again else None
                    if found is not None:
                        return lambda: self._verdict(found, page)
                    running = self._upload(claim, page, again=again)
            except typer.Exit:
                return lambda: Verdict(accepted=False, report=page.text)
            except Exception as error:  # noqa: BLE001 - one file must not end the inbox; its report says why
                page.say(f"Error: {type(error).__name__}: {error}")
                return lambda: Verdict(accepted=False, report=page.text)
        return lambda: self._wait(running, page)

    def _upload(self, claim: Claim, page: _Page, *, again: bool) -> RunningExecution | None:
        """Upload the file, or deliver the event of its upload, which the process that made it did not live to do."""
        options = RunOptions()
        key = key_of(claim.file, options)
        event = self._stored(claim, key) if again else None
        if event is not None:
            upload = self._session.deliver(event)
        else:
            with ExitStack() as stack:
                body = stack.enter_context(prepared(claim.file, options, page))
                upload = self._session.upload(body, key, metadata={CLAIM: claim.id})
        claim.remember(key=upload.key, version=upload.version_id)
        if not upload.started:
            page.say(f"Nothing was started: s3://{upload.bucket}/{upload.key} was uploaded, but {upload.why_not}")
            return None
        return self._session.wait_for_workflow(upload)

    def _wait(self, running: RunningExecution | None, page: _Page) -> Verdict | None:
        if running is None:
            return Verdict(accepted=False, report=page.text)
        running.wait()
        if self._stopping.is_set():
            return None
        return self._verdict(self._session.store.folder(running.name), page)

    def _verdict(self, folder: RunFolder, page: _Page) -> Verdict | None:
        record = recovered(folder)
        if record.status == RUNNING:  # an execution that ended while its folder could not be written
            record = folder.record_as_written()
        with called_from(self._caller):
            report(page, folder, record)
        return Verdict(accepted=record.status == "SUCCEEDED", report=page.text)

    def _earlier_run(self, claim: Claim) -> RunFolder | None:
        """Return the run that an earlier process began with the file."""
        key, version = key_of(claim.file, RunOptions()), claim.facts.get("version")
        if version is None and (event := self._stored(claim, key)) is not None:  # killed before it was remembered
            version = event["detail"]["object"].get("version-id")
        for record in self._session.store.records() if version is not None else ():
            if record.source.version_id == version and record.source.key == key:
                return self._session.store.folder(record.name)
        return None

    def _stored(self, claim: Claim, key: str) -> dict[str, Any] | None:
        """Return the event of the object that was uploaded of the file; None if there is no such object."""
        s3, bucket = self._session.aws.s3, self._session.resources.input_bucket
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
            for version in page.get("Versions", ()):
                since = claim.since.replace(microsecond=0)
                if version["Key"] != key or version["LastModified"] < since:
                    continue
                head = s3.head_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
                if head["Metadata"].get(CLAIM) == claim.id:
                    return self._session.event_of(
                        key=key, version_id=version["VersionId"], size=head["ContentLength"], etag=head["ETag"]
                    )
        return None


class _Page(Terminal):
    """A terminal whose lines are kept."""

    def __init__(self) -> None:
        super().__init__(json=None)
        self._kept = io.StringIO()
        self.console = Console(
            file=self._kept, width=REPORT_WIDTH, highlight=False, markup=False, emoji=False, no_color=True
        )

    @property
    def text(self) -> str:
        """The text that was written."""
        return self._kept.getvalue()
