"""Brings `failed-rows.csv`, as `user-log-reporter` has written it, into the run folder."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from simulator.runs.failed_rows import replace_failed_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from simulator.pipeline.provisioning import Resources
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

_FAILED_ROWS = "/failed-rows.csv"
_CHUNK = 65_536


class ReportedFiles:
    """Takes what the reporter has answered (see AsynchronousInvocations): the folder's `failed-rows.csv` is its object.

    Until then, and if the reporter fails, the file is there as the run's end has left it, made by the same code.

    Args:
        s3: a client of the local cloud.
        store: the run folders.
        resources: the reporter's name, and the bucket of its reports.
        tell: given a sentence if the file cannot be brought.
    """

    def __init__(self, s3: S3Client, store: RunStore, resources: Resources, tell: Callable[[str], None]) -> None:
        self._s3 = s3
        self._store = store
        self._resources = resources
        self._tell = tell

    def answered(self, function: str, answer: bytes) -> None:
        """Bring the file, if the function was the reporter and the run has not been redriven since."""
        if function != self._resources.reporter_arn:
            return
        summary: dict[str, Any] = json.loads(answer)
        prefix = f"s3://{self._resources.output_bucket}/"
        key = next((one.removeprefix(prefix) for one in summary["files"] if one.endswith(_FAILED_ROWS)), None)
        folder = self._store.folder(summary["execution"])
        if key is None or not folder.path.is_dir():
            return
        try:
            if folder.record_as_written().redrive_count == summary["redriveCount"]:
                self._bring(key, folder)
        except (OSError, ValueError, ClientError, BotoCoreError) as error:
            self._tell(f"the report's failed-rows.csv of {folder.name} could not be copied into its folder: {error}")

    def _bring(self, key: str, folder: RunFolder) -> None:
        wanted = self._s3.get_object(Bucket=self._resources.output_bucket, Key=key)
        with closing(wanted["Body"]) as body:
            replace_failed_rows(folder, body.iter_chunks(_CHUNK))
