"""Reads the files that the Map Run's ResultWriter has left.

Developer guide, "ResultWriter (Map)". FAILED and PENDING of the latest attempt are all rows that did not succeed: a
redrive runs those of the attempt before again, and no others.
"""

from __future__ import annotations

import codecs
import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

from lambdas.shared.batch import PENDING, SUCCEEDED, row_ends
from lambdas.user_log_reporter.reasons import person_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_s3 import S3Client

    from lambdas.user_log_reporter.row_outcomes import RowOutcomes

CHUNK = 256 * 1024
_MANIFEST = "manifest.json"
_GAP = re.compile(r"[ \t\r\n,]*")
_DECODER = json.JSONDecoder()


def manifest_key(prefix: str, map_run_arn: str, redrive_count: int) -> str:
    """Return the key of the manifest that a Map Run has written last.

    Args:
        prefix: the ResultWriter's, with the final slash.
        map_run_arn: the Map Run's.
        redrive_count: how often it has been redriven.
    """
    redriven = f"Redrive-{redrive_count}/" if redrive_count else ""
    return f"{prefix}{map_run_arn.rpartition(':')[2]}/{redriven}{_MANIFEST}"


def read_result_files(s3: S3Client, bucket: str, manifest: str, outcomes: RowOutcomes) -> None:
    """Tell `outcomes` of each row that a manifest's files list as failed or pending.

    Raises:
        ClientError: an object cannot be read.
        ValueError: a file is not what the ResultWriter writes.
    """
    with closing(s3.get_object(Bucket=bucket, Key=manifest)["Body"]) as body:
        listed: dict[str, list[dict[str, Any]]] = json.loads(body.read())["ResultFiles"]
    for status in ("FAILED", PENDING):
        for file in listed.get(status, []):
            with closing(s3.get_object(Bucket=bucket, Key=file["Key"])["Body"]) as body:
                for record in json_array(body.iter_chunks(CHUNK)):
                    _tell(record, status, outcomes)


def json_array(chunks: Iterable[bytes]) -> Iterator[Any]:
    """Yield the elements of a JSON array, wherever its bytes are cut; memory holds a chunk and an element.

    >>> list(json_array([b'[{"a": ', b'1}, 2', b'3]']))
    [{'a': 1}, 23]

    Raises:
        ValueError: it is not a JSON array in UTF-8.
    """
    texts = codecs.iterdecode(chunks, "utf-8")
    text = next(texts, "").lstrip()
    if not text.startswith("["):
        raise ValueError("a result file is not a JSON array")
    place = 1
    while True:
        place = _end_of_gap(text, place)
        if text.startswith("]", place):
            return
        try:
            value, end = _DECODER.raw_decode(text, place)
        except ValueError:
            end = len(text)
        if end < len(text):  # a number that ends with the text may go on in the next chunk
            yield value
            place = end
            continue
        more = next(texts, None)
        if more is None:
            raise ValueError("a result file ends within its array")
        text, place = text[place:] + more, 0


def _end_of_gap(text: str, place: int) -> int:
    gap = _GAP.match(text, place)
    return place if gap is None else gap.end()


def _tell(record: dict[str, Any], status: str, outcomes: RowOutcomes) -> None:
    ends = row_ends(
        json.loads(record["Input"]),
        status=status if status == PENDING else record.get("Status") or status,
        error=record.get("Error"),
        cause=record.get("Cause"),
    )
    for row in ends:
        if row.index is None:
            raise ValueError("a result file has an item that is not a row")
        if row.status == PENDING:
            outcomes.never_done(row.index)
        elif row.status == SUCCEEDED:
            outcomes.done(row.index)
        else:
            outcomes.failed(row.index, row.error or row.status, person_text(row.cause))
