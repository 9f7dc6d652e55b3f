"""What is answered to a write that cannot be kept: an error of the service's own, which AWS's clients repeat.

S3 API reference, "Error responses" (`InternalError`); DynamoDB developer guide, "Error handling with DynamoDB"
(`InternalServerError`); SQS API reference, "Common Errors" (`InternalFailure`). Such a write was not carried out. The
only exception is the first one that even the journal's reserve did not help (what the disk had said was free was not,
or a limit on a file's size): it is there until the cloud ends, or it is sent again and kept.
"""

from __future__ import annotations

from html import escape

import orjson

from simulator.aws.engine.requests import Answer

_STATUS = "500 Internal Server Error"


def s3_not_kept(error: OSError) -> Answer:
    """Return S3's answer."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>InternalError</Code><Message>{escape(_sentence(error))}</Message></Error>"
    )
    return _answer("application/xml", body.encode())


def dynamodb_not_kept(error: OSError) -> Answer:
    """Return DynamoDB's answer."""
    kind = "com.amazonaws.dynamodb.v20120810#InternalServerError"
    return _answer("application/x-amz-json-1.0", orjson.dumps({"__type": kind, "message": _sentence(error)}))


def sqs_not_kept(error: OSError, *, json: bool) -> Answer:
    """Return SQS's answer, in AWS JSON or in the query protocol."""
    code, sentence = "InternalFailure", _sentence(error)
    if json:
        return _answer("application/x-amz-json-1.0", orjson.dumps({"__type": code, "message": sentence}))
    body = (
        f"<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>{escape(sentence)}</Message></Error>"
        "</ErrorResponse>"
    )
    return _answer("text/xml", body.encode())


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"The local cloud cannot keep this write on disk: {error.strerror}{where}. "
        "Free some space, then send it again; nothing has to be started anew."
    )


def _answer(media_type: str, body: bytes) -> Answer:
    headers = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    return Answer(_STATUS, headers, body, {name.lower(): value for name, value in headers})
