"""Records of a cloud that lasts, kept in the home beside those of the engine (`simulator.aws.engine.moto.lasting`)."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Self

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.stepfunctions.recent_archive import RecentArchive
from simulator.pipeline.provisioning import RESULTS_PREFIX
from simulator.pipeline.restoring import post_restore
from simulator.runs.archive.execution_log import ExecutionLog
from simulator.runs.archive.home_archive import HomeArchive
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.kept_records import KeptRecords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.stepfunctions.archive import Archive
    from simulator.pipeline.provisioning import Resources
    from simulator.pipeline.settings import HomeFolder
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore


class LastingRecords:
    """Executions, machines, activities, rules and asynchronous invocations on disk.

    A cloud that does not last remembers the executions that have ended since it was opened, and has nothing else.

    Args:
        home: the home.
        store: the runs.
        workflow_arn: the workflow's.
        restored: whether the cloud lasts.

    Raises:
        OSError: a file cannot be read or written.
    """

    def __init__(self, home: HomeFolder, store: RunStore, workflow_arn: str, *, restored: bool) -> None:
        recent = RecentArchive()
        self.archive: Archive = recent
        self.listeners: list[Listener] = [recent]
        self.machines: KeptRecords | None = None
        self.activities: KeptRecords | None = None
        self.rules: KeptRecords | None = None
        self.invocations: KeptRecords | None = None
        self._open = ExitStack()
        if restored:
            executions = home.cloud / "executions"
            log = self._open.enter_context(closing(ExecutionLog(executions, store, workflow_arn.rpartition(":")[2])))
            self.listeners = [log]
            self.archive = HomeArchive(executions, store, workflow_arn)
            self.machines = self._open.enter_context(closing(KeptRecords(home.cloud / "state-machines.jsonl")))
            self.activities = self._open.enter_context(closing(KeptRecords(home.cloud / "activities.jsonl")))
            self.rules = self._open.enter_context(closing(KeptRecords(home.cloud / "rules.jsonl")))
            self.invocations = self._open.enter_context(closing(KeptRecords(home.cloud / "invocations.jsonl")))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()


def restore_run_objects(endpoint: str, store: RunStore, resources: Resources) -> None:
    """Put the objects of all runs into the buckets that the cloud does not have yet: of runs without `up`.

    Raises:
        CloudError: moto's process does not answer.
    """
    objects = [one for folder in store.folders() for one in run_objects(folder, resources)]
    post_restore(endpoint, {"objects": objects, "complete": True})


def run_objects(folder: RunFolder, resources: Resources) -> Iterator[dict[str, Any]]:
    """Yield the uploaded object of a run, and its result files, as the restore endpoint takes them.

    Files of a run that was cut off had not all been put into the bucket: its redrive completes them, and puts them.
    """
    record = folder.record_as_written()
    source = record.source
    if source.bucket and source.key and folder.input_file.is_file():
        yield {
            "bucket": source.bucket,
            "key": source.key,
            "versionId": source.version_id,
            "etag": source.etag,
            "path": str(folder.input_file),
            "modified": _uploaded_at(source.uploaded_at) or folder.input_file.stat().st_mtime,
        }
    for path in folder.result_files() if record.status != RUNNING else ():
        yield {
            "bucket": resources.output_bucket,
            "key": f"{RESULTS_PREFIX}{path.relative_to(folder.results).as_posix()}",
            "path": str(path),
            "modified": path.stat().st_mtime,
        }


def _uploaded_at(text: str | None) -> float | None:
    moment = parse_time(text)
    return moment.timestamp() if moment else None
