"""What changes a deployed stack: only offered if the dashboard was started with `--allow-actions`."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.deployed.options import ALLOW
from dashboard.jobs import safe_name
from simulator.csv_files.encoding import converted, problem_of_file, read_chunks
from simulator.fetch.errors import FetchError
from simulator.fetch.operator import told
from simulator.runs.corrections.corrected_file import check_corrections

if TYPE_CHECKING:
    from dashboard.deployed.stack import Deployment
    from simulator.runs.folder.run_record import RunRecord


def redrive(deployed: Deployment, record: RunRecord) -> None:
    """Redrive a run (RedriveExecution).

    Raises:
        FetchError: actions are not allowed, or AWS refuses it.
    """
    _check_allowed(deployed)
    with told():
        deployed.operator.stepfunctions.redrive_execution(executionArn=record.arn)
    deployed.look_now()


def stop(deployed: Deployment, record: RunRecord) -> None:
    """Stop a run (StopExecution): rows that have started are ended, too.

    Raises:
        FetchError: as `redrive`.
    """
    _check_allowed(deployed)
    with told():
        deployed.operator.stepfunctions.stop_execution(
            executionArn=record.arn, error="StoppedByOperator", cause="Stopped on the dashboard"
        )
    deployed.look_now()


def upload(deployed: Deployment, file_name: str, content: bytes) -> str:
    """Put a file into the input bucket (PutObject), as UTF-8; return what was done, in a sentence.

    Raises:
        FetchError: as `redrive`; also if the file corrects a run and names another user than that run had on its line.
        OSError: there is no room for a temporary file.
    """
    _check_allowed(deployed)
    bucket, key = deployed.target.input_bucket, safe_name(file_name)
    if bucket is None:
        raise FetchError("The stack has no output InputBucketName, so that nothing can be uploaded from here.")
    key = key if re.search(r"\.csv\Z", key) else f"{key}.csv"
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        body, note = _as_utf_8(Path(folder), content)
        checked = check_corrections(deployed.store, body)
        wrong = [*checked.errors, *checked.unchecked]
        if wrong:
            raise FetchError(f"{key} was not uploaded: a row may be written to another user. {' '.join(wrong[:3])}")
        with told(), body.open("rb") as file:
            deployed.operator.s3.put_object(Bucket=bucket, Key=key, Body=file)
    deployed.look_now()
    return f"Uploaded to s3://{bucket}/{key}{note}. Its run appears on the page Runs in some seconds."


def _as_utf_8(folder: Path, content: bytes) -> tuple[Path, str]:
    given, changed = folder / "given.csv", folder / "changed.csv"
    given.write_bytes(content)
    problem = problem_of_file(given)
    if problem is None or not problem.encoding.needs_conversion:
        return given, ""
    with changed.open("wb") as file:
        file.writelines(converted(read_chunks(given), problem.encoding.value))
    return changed, f", converted from {problem.encoding.title} to UTF-8"


def _check_allowed(deployed: Deployment) -> None:
    if not deployed.options.allow_actions:
        raise FetchError(f"The dashboard was started without {ALLOW}: it changes nothing on AWS.")
