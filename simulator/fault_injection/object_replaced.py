"""`object=replace`: somebody overwrites the file while its rows run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from simulator.fault_injection.parts import Parts

_NINES = bytes.maketrans(b"012345678", b"999999999")


class ObjectReplaced(TimedFault):
    """A new version of the uploaded object: of the same size and header, with other users and totals.

    A reader that took any of it would leave 9s in the database, or rows that fail.
    """

    def strike(self, parts: Parts) -> None:
        """Put the new version."""
        if parts.event is None:
            return
        detail = parts.event["detail"]
        where = {"Bucket": detail["bucket"]["name"], "Key": detail["object"]["key"]}
        try:
            with parts.s3.get_object(**where)["Body"] as body:
                header, newline, rows = body.read().partition(b"\n")
            parts.s3.put_object(**where, Body=header + newline + rows.translate(_NINES))
        except (BotoCoreError, ClientError) as error:
            self.trouble = f"the object could not be replaced: {error}"
            return
        self.happens()
