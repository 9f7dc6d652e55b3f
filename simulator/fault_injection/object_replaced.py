"""`object=replace`: somebody overwrites the file while its rows run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from simulator.fault_injection.parts import UploadedFile
    from simulator.fault_injection.spec import FaultSpec

_NINES = bytes.maketrans(b"012345678", b"999999999")


class ObjectReplaced(TimedFault):
    """A new version of the uploaded object: of the same size and header, with other users and totals.

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
