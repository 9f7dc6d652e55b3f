"""Runs started from a page: the command of the terminal, in a process of its own, so that it outlives the page.

A job is a folder below `<home>/jobs/`: the file, what the command printed, and a lock that the process holds while it
lives. Nothing is kept in this process, so that a reloaded page, or a restarted dashboard, finds its jobs again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.folder.json_lines import encode, parse_line
from simulator.runs.folder.run_lock import RunLock, is_held

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

MAX_MESSAGE = 4_000
MAX_NAME_BYTES = 200
KEPT_JOBS = 20
_UPLOAD = "upload"
_RUN_BEGUN = re.compile(rb"^run (\S+)  \(s3://", re.MULTILINE)
_children: list[subprocess.Popen[bytes]] = []


class CannotStart(Exception):
    """The command could not be started; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A command that was started from a page.

    Args:
        name: the job's name, for `find_job`.
        path: its folder.
        title: what it does, for people.
        file: the file's name, or the run's that is redriven.
        pid: its process.
        started: seconds since the epoch.
        run: the run it is about, if that was known at the start (a redrive).
        word: the command's word: run, redrive or verify.
    """

    name: str
    path: Path
    title: str
    file: str
    pid: int
    started: float
    run: str | None = None
    word: str = "run"


_KEPT_FIELDS = ("name", "title", "file", "pid", "started", "run", "word")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How a job stands.

    Args:
        running: whether its process lives.
        run: the run it has made, once it has.
        messages: what the command said to a person: encoding conversions, notes, and the reason if it failed.
        document: what it wrote to stdout; empty until it has ended.
        failed: whether it ended without making a run.
    """

    running: bool
    run: str | None
    messages: str
    failed: bool
    document: dict[str, Any] = field(default_factory=dict, compare=False)


def start_run(
    store: RunStore, file_name: str, content: bytes, *, create_users: bool = False, other_users: bool = False
) -> Job:
    """Upload a file and run it, as `python -m simulator run FILE --json` does.

    Args:
        store: where the run will be; its home is that of the command.
        file_name: the file's name, which becomes the object's key.
        content: its bytes, in whatever encoding: the command converts what S3 does not accept.
        create_users: whether users that the file names and the database has not are created first.
        other_users: whether a corrected row may be for another user than the row that it corrects.

    Raises:
        CannotStart: there is no room or no permission for the file, or no process can be started.
    """
    key = safe_name(file_name)
    options = [*(["--create-users"] if create_users else []), *(["--other-users"] if other_users else [])]
    return _start(store, f"Run {key}", key, ["run", f"{_UPLOAD}/{key}", *options], content=content)


def start_redrive(store: RunStore, run: str) -> Job:
    """Run the rows of a run that did not succeed again, as `python -m simulator redrive RUN --yes --json` does.

    Raises:
        CannotStart: as `start_run`.
    """
    return _start(store, f"Redrive {run}", run, ["redrive", run, "--yes"], run=run)


def start_verify(store: RunStore, run: str) -> Job:
    """Compare all that a run left, as `python -m simulator verify RUN --json` does.

    Raises:
        CannotStart: as `start_run`.
    """
    return _start(store, f"Verify {run}", run, ["verify", run], run=run)


def jobs(store: RunStore) -> list[Job]:
    """Return the jobs there are, newest first."""
    found = [find_job(store, path.name) for path in _jobs_folder(store).glob("*/")]
    return sorted((job for job in found if job is not None), key=lambda job: job.started, reverse=True)


def find_job(store: RunStore, name: str) -> Job | None:
    """Return a job by its name; None if there is none, or it can no longer be read."""
    if not re.fullmatch(r"[0-9a-f]{32}", name):
        return None
    path = _jobs_folder(store) / name
    try:
        found = parse_line((path / "job.json").read_bytes())
    except OSError:
        return None
    try:
        return Job(path=path, **{field: (found or {})[field] for field in _KEPT_FIELDS})
    except KeyError:
        return None


def redrive_of(store: RunStore, run: str, ended: float) -> Job | None:
    """Return the newest redrive of a run that goes on or that failed to begin; None if there is none.

    Args:
        store: the runs.
        run: the run's name.
        ended: when the run ended, in seconds since the epoch: a redrive that began before has been told by the run.
    """
    newest = newest_of(store, run, "redrive")
    if newest is None:
        return None
    state = job_state(store, newest)
    return newest if state.running or (state.failed and newest.started > ended) else None


def newest_of(store: RunStore, run: str, word: str) -> Job | None:
    """Return the newest job of a command about a run; None if there is none."""
    return next((job for job in jobs(store) if job.run == run and job.word == word), None)


def job_state(store: RunStore, job: Job) -> JobState:
    """Return how a job stands, from its folder and from the runs'."""
    _reap()
    running = is_held(job.path / "lock")
    document = _document(job)
    run = job.run or _text(document.get("executionName")) or _run_told(job) or _run_of(store, job)
    failed = not running and (run is None or (job.run is not None and not document))
    return JobState(running=running, run=run, messages=_messages(job), failed=failed, document=document)


def safe_name(file_name: str) -> str:
    """Return a file's name as an object's key: no folders, no control characters, never empty."""
    name = re.sub(r"[\x00-\x1f\x7f]", "", file_name.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    short = name.encode("utf-8", "replace")[-MAX_NAME_BYTES:].decode("utf-8", "ignore")
    return "upload.csv" if short in ("", ".", "..") else short


def _start(
    store: RunStore,
    title: str,
    file: str,
    arguments: list[str],
    *,
    content: bytes | None = None,
    run: str | None = None,
) -> Job:
    _reap()
    _forget_old(store)
    path = _jobs_folder(store) / uuid4().hex
    try:
        path.mkdir(parents=True)
        if content is not None:
            (path / _UPLOAD).mkdir()
            (path / _UPLOAD / file).write_bytes(content)
        process = _process(store, path, arguments)
        job = Job(
            name=path.name,
            path=path,
            title=title,
            file=file,
            pid=process.pid,
            started=time.time(),
            run=run,
            word=arguments[0],
        )
        (path / "job.json").write_bytes(encode({field: getattr(job, field) for field in _KEPT_FIELDS}) + b"\n")
    except OSError as error:
        shutil.rmtree(path, ignore_errors=True)
        raise CannotStart(f"{title} could not be started: {error.strerror or error}.") from error
    return job


def _forget_old(store: RunStore) -> None:
    """Delete the oldest jobs that have ended: what they did is in the runs' folders."""
    for job in jobs(store)[KEPT_JOBS - 1 :]:
        if not is_held(job.path / "lock"):
            shutil.rmtree(job.path, ignore_errors=True)


def _process(store: RunStore, path: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start the command; it inherits the lock, which the system takes back when it dies."""
    command = [sys.executable, "-m", "simulator", *arguments, "--json"]
    environment = {**os.environ, "SIMULATOR_HOME": str(store.path.parent), "PYTHONPATH": str(PROJECT_ROOT)}
    lock = RunLock(path / "lock")
    try:
        with (path / "stdout").open("wb") as stdout, (path / "stderr").open("wb") as stderr:
            process = subprocess.Popen(  # noqa: S603 - no shell, our own module
                command,
                cwd=path,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=(lock.descriptor,),
                start_new_session=True,  # Ctrl-C ends the dashboard, not the runs it has started
            )
    finally:
        lock.release()
    _children.append(process)
    return process


def _reap() -> None:
    """Take note of children that have ended, so that none stays a zombie."""
    _children[:] = [child for child in _children if child.poll() is None]


def _document(job: Job) -> dict[str, Any]:
    try:
        return parse_line((job.path / "stdout").read_bytes()) or {}
    except OSError:
        return {}


def _messages(job: Job) -> str:
    try:
        text = (job.path / "stderr").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text[-MAX_MESSAGE:].strip()


def _run_told(job: Job) -> str | None:
    """The run that the command has begun, by its message: in a cloud that is up, another process writes the run."""
    try:
        found = _RUN_BEGUN.search((job.path / "stderr").read_bytes())
    except OSError:
        return None
    return found.group(1).decode(errors="replace") if found else None


def _run_of(store: RunStore, job: Job) -> str | None:
    """The run that the job's process writes: the record names its process."""
    for folder in store.folders():
        if _made_since(folder, job.started) and folder.record_as_written().pid == job.pid:
            return folder.name
    return None


def _made_since(folder: RunFolder, moment: float) -> bool:
    try:
        return folder.run_file.stat().st_mtime >= moment - 1
    except OSError:
        return False


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _jobs_folder(store: RunStore) -> Path:
    return store.path.parent / "jobs"
