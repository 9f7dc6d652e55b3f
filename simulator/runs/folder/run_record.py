"""What `run.json` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from simulator.runs.folder.times import milliseconds_between

if TYPE_CHECKING:
    from typing import Self

FORMAT = 1
AWS = "aws"
RUNNING = "RUNNING"
INTERRUPTED = "INTERRUPTED"
"""Shown for a run that says RUNNING and whose process is gone."""
REJECTED_ERROR = "ValidationFailed"
"""The workflow's error for a file that the validator refused."""
BREACHED_ERROR = "States.ExceedToleratedFailureThreshold"
TOO_MANY_ERROR = "TooManyRowsFailed"
"""The error of a workflow with batches whose rows were all run, and too many of which failed."""


class _Json(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class RowCounts(_Json):
    """How the rows of a run stand: `total = succeeded + failed + pending`; superseded ones are among the succeeded."""

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    pending: int = 0
    superseded: int = 0


class SourceObject(_Json):
    """The uploaded object: its bucket, key and version, size in bytes, and the upload event's time (ISO).

    `sequencer` is S3's: of uploads in the same second it tells the order.
    """

    bucket: str = ""
    key: str = ""
    version_id: str | None = None
    size: int | None = None
    etag: str | None = None
    uploaded_at: str | None = None
    sequencer: str | None = None

    @classmethod
    def of_input(cls, execution_input: Any) -> SourceObject:
        """Return the object that a workflow's input (the upload's event) names; of a foreign input, what fits."""
        detail = _dict(_dict(execution_input).get("detail"))
        found = _dict(detail.get("object"))
        value = {
            "bucket": _dict(detail.get("bucket")).get("name") or "",
            "key": found.get("key") or "",
            "versionId": found.get("versionId") or found.get("version-id"),
            "size": found.get("size"),
            "etag": found.get("etag"),
            "uploadedAt": _dict(execution_input).get("time"),
            "sequencer": found.get("sequencer"),
        }
        return RunRecord.from_json("source", {"source": value}).source


class Origin(_Json):
    """Where a run was that was not run here: `source` is `aws`.

    Args:
        source: `aws`.
        region, account: where it ran.
        endpoint: where it was asked for in the place of AWS; empty for AWS.
        profile: the operator's profile, if one was named.
        stack: the name or the workflow's ARN that it was fetched by; empty if it was fetched by its own ARN.
        fetched_at: when AWS was asked last (ISO); the record is as of then.
        settled: whether it had ended long enough for all its logs to have arrived.
    """

    source: str = AWS
    region: str = ""
    account: str = ""
    endpoint: str = ""
    profile: str = ""
    stack: str = ""
    fetched_at: str | None = None
    settled: bool = False


class FailureReason(_Json):
    """Failed rows with the same error and, but for the values in it, the same cause; the rest describes one of them."""

    error: str
    group: str = ""
    count: int
    index: int | None = None
    line: int | None = None
    user: str | None = None
    cause: str = ""


class MapRunNote(_Json):
    """The Map Run of a run.

    `paused`: it begins no child for the time being (`simulator pause`). `rows_per_child`: how many rows a child takes
    at most; of a batch, the tolerances count all rows of each batch that failed.
    """

    arn: str = ""
    status: str = ""
    max_concurrency: int = 0
    tolerated_failure_percentage: float = 0.0
    tolerated_failure_count: int = 0
    redrive_count: int = 0
    paused: bool = False
    rows_per_child: int = 1


class RunRecord(_Json):
    """One run, as it stands. Every field but the name has a default, so that an older or newer format can be read.

    Args:
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or INTERRUPTED.
        started, stopped: ISO times in UTC; `started` is that of the first attempt.
        idle_ms: milliseconds between the attempts, in which the run had ended and was not yet redriven.
        waiting_since: since when (ISO) it waits for its turn, behind other files; None if it does not.
        waited_ms: milliseconds that it waited before; no duration counts its waiting.
        definition_sha256: digest of `definition.json`.
        row_count: the rows the validator counted; None before it has.
        reasons: why rows failed, most frequent first.
        outage_rows: how many rows failed by an outage, with nothing wrong in them.
        notes: what could not be written, and why.
        database: the database's address without its password.
        database_id: which database that is, wherever it is reached: a redrive must go to the same one.
        corrects: the run whose failed rows this one's file has corrected.
        injected: the SPECs of the faults that the run was started with: what failed by them was meant to.
        pid: the process that wrote it.
        origin: where it was run; None if that was here.
    """

    name: str
    format: int = FORMAT
    arn: str = ""
    machine: str = ""
    status: str = RUNNING
    started: str | None = None
    stopped: str | None = None
    idle_ms: int = 0
    waiting_since: str | None = None
    waited_ms: int = 0
    error: str | None = None
    cause: str | None = None
    redrive_count: int = 0
    source: SourceObject = Field(default_factory=SourceObject)
    definition_sha256: str = ""
    row_count: int | None = None
    rows: RowCounts = Field(default_factory=RowCounts)
    map_run: MapRunNote | None = None
    reasons: list[FailureReason] = Field(default_factory=list)
    outage_rows: int = 0
    notes: list[str] = Field(default_factory=list)
    database: str | None = None
    database_id: str | None = None
    corrects: str | None = None
    injected: list[str] = Field(default_factory=list)
    pid: int | None = None
    origin: Origin | None = None

    @property
    def on_aws(self) -> bool:
        """Whether it was run by a deployed stack, and fetched."""
        return self.origin is not None

    @property
    def duration_ms(self) -> int | None:
        """Milliseconds that all attempts took together, without their waiting; None if it has not ended."""
        return self.duration_until(self.stopped)

    def duration_until(self, moment: str | None) -> int | None:
        """Return the milliseconds that the attempts took until a time; None if that or the start is not known.

        A run that waits for its turn does not run: that time is not counted.
        """
        whole = milliseconds_between(self.started, moment)
        waits = milliseconds_between(self.waiting_since, moment) or 0
        return None if whole is None else max(whole - self.idle_ms - self.waited_ms - max(waits, 0), 0)

    @property
    def waits(self) -> bool:
        """Whether it waits for its turn."""
        return self.status == RUNNING and self.waiting_since is not None

    @property
    def rejected(self) -> bool:
        """Whether the validator refused the file."""
        return self.error == REJECTED_ERROR

    @property
    def breached(self) -> bool:
        """Whether more rows failed than is tolerated."""
        return self.error in (BREACHED_ERROR, TOO_MANY_ERROR)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of `run.json`, `durationMs` added."""
        return {**self.model_dump(by_alias=True), "durationMs": self.duration_ms}

    @classmethod
    def from_json(cls, name: str, value: object) -> Self:
        """Read a `run.json` of any format: what does not fit a field is left out, the folder's name is the run's."""
        known = {**value, "name": name} if isinstance(value, dict) else {"name": name}
        try:
            return cls.model_validate(known)
        except ValidationError as invalid:
            wrong = {str(error["loc"][0]) for error in invalid.errors() if error["loc"]}
            return cls.model_validate({key: known[key] for key in known if key not in wrong})


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
