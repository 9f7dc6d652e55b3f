"""Faults that happen once in a run: the database stops, the uploaded object is replaced, its event comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from simulator.aws.asl.runtime.clock import Alarm, Clock
    from simulator.fault_injection.parts import DatabaseServer, UploadedFile
    from simulator.fault_injection.spec import FaultSpec

SECONDS = {"refuse": 2.0, "paused": 15.0}
"""How long the database is away if the SPEC does not say it.

Aurora user guide, "Scaling to Zero ACUs with automatic pause and resume": a paused instance takes about 15 s to resume.
"""
_NINES = bytes.maketrans(b"012345678", b"999999999")


class DatabaseOutage(TimedFault):
    """`database=refuse|restart|paused`: PostgreSQL is really stopped, and started again.

    Args:
        spec: what was asked for.
        server: the server; None if the simulator may not stop it.
        clock: the clock that states see.
    """

    def __init__(self, spec: FaultSpec, server: DatabaseServer | None, clock: Clock) -> None:
        super().__init__(spec)
        self._server = server
        self._clock = clock
        self._back: Alarm | None = None

    def strike(self) -> None:
        """Stop the server; start it again at once, or after a while by the clock that states see."""
        server = self._server
        if server is None:
            self.trouble = "the simulator may not stop this database"
            return
        kind = self.spec.values["database"]
        try:
            if kind == "paused":
                server.pause()
            else:
                server.stop()
        except Exception as error:  # noqa: BLE001 - the run goes on with a database that could not be broken
            self.trouble = f"the database could not be stopped: {error}"
            return
        self.happens()
        if kind == "restart":
            self._start(server)
            return
        self._back = self._clock.alarm(self.spec.values["for"] or SECONDS[kind], lambda: self._start(server))

    def _start(self, server: DatabaseServer) -> None:
        try:
            server.start()
        except Exception as error:  # noqa: BLE001 - rows then fail with what the database says, and the report says why
            self.trouble = f"the database could not be started again: {error}"

    def close(self) -> None:
        """Bring the server back if it is still away."""
        if self._back is None or self._server is None:
            return
        self._back.cancel()
        self._start(self._server)


class ObjectReplaced(TimedFault):
    """`object=replace`: somebody overwrites the file while its rows run.

    The new version has the same size and header, and other users and totals.

    A reader that took any of it would leave 9s in the database, or rows that fail.

    Args:
        spec: what was asked for.
        s3: the S3 client.
    """

    def __init__(self, spec: FaultSpec, s3: S3Client) -> None:
        super().__init__(spec)
        self._s3 = s3
        self._upload: UploadedFile | None = None

    def uploaded(self, upload: UploadedFile) -> None:
        """Remember which object is to be replaced."""
        self._upload = upload

    def strike(self) -> None:
        """Put the new version."""
        if self._upload is None:
            return
        detail = self._upload.event["detail"]
        where = {"Bucket": detail["bucket"]["name"], "Key": detail["object"]["key"]}
        try:
            with self._s3.get_object(**where)["Body"] as body:
                header, newline, rows = body.read().partition(b"\n")
            self._s3.put_object(**where, Body=header + newline + rows.translate(_NINES))
        except (BotoCoreError, ClientError) as error:
            self.trouble = f"the object could not be replaced: {error}"
            return
        self.happens()


class SecondEvent(TimedFault):
    """`event=twice`: EventBridge delivers at least once, and this time twice; at once if it waits for no rows."""

    def __init__(self, spec: FaultSpec) -> None:
        super().__init__(spec)
        self._upload: UploadedFile | None = None

    def uploaded(self, upload: UploadedFile) -> None:
        """Deliver it now, unless rows are to be called first."""
        self._upload = upload
        if not self.after:
            self._deliver(upload)

    def strike(self) -> None:
        """Deliver it, unless that was done at the upload."""
        if self.after and self._upload is not None:
            self._deliver(self._upload)

    def _deliver(self, upload: UploadedFile) -> None:
        upload.deliver(upload.event)
        self.happens()
