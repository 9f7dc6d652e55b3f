"""A form that is posted to a bucket, as web pages and outside systems with a presigned POST do.

S3 API reference, "POST Object" and "HTML form fields".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from simulator.aws.endpoint.http import aiohttp
from simulator.aws.endpoint.spool import MOST_OBJECT_BYTES, Spool, patient, too_large
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import StreamReader

MOST_FIELD_BYTES = 20_000
_HEADERS = {"cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "expires"}
_NOT_HEADERS = {"x-amz-signature", "x-amz-credential", "x-amz-algorithm", "x-amz-date", "x-amz-security-token"}
_STATUSES = {"200", "201"}


@dataclass(frozen=True, slots=True)
class Form:
    """A form with its file. `fields` has the names in lower case."""

    fields: Mapping[str, str]

    @property
    def key(self) -> str:
        """Return the object's key."""
        return self.fields["key"]

    def headers(self) -> dict[str, str]:
        """Return the headers of a PutObject that stores the same object.

        Raises:
            ApiError: MalformedXML, if the tags cannot be read.
        """
        found = {
            name: value
            for name, value in self.fields.items()
            if name in _HEADERS or (name.startswith("x-amz-") and name not in _NOT_HEADERS)
        }
        if "content-type" not in found:
            found["content-type"] = "binary/octet-stream"
        if "acl" in self.fields:
            found["x-amz-acl"] = self.fields["acl"]
        if "tagging" in self.fields:
            found["x-amz-tagging"] = _tags(self.fields["tagging"])
        return found


async def read_form(headers: Mapping[str, str], content: StreamReader, file: Spool) -> Form:
    """Read a form; what follows the file is ignored.

    Args:
        headers: the request's.
        content: its body.
        file: takes the file.

    Raises:
        ApiError: the form has no key, no file, a field that is too large, or is malformed.
    """
    fields: dict[str, str] = {}
    size = 0
    try:
        reader = aiohttp.MultipartReader(headers, content)
        while (part := await patient(reader.next())) is not None:
            if not isinstance(part, aiohttp.BodyPartReader):
                raise _malformed()
            if part.name is None:
                raise _malformed()
            name = part.name.lower()
            if name == "file":
                while piece := await patient(part.read_chunk()):
                    file.write(piece)
                    if file.size > MOST_OBJECT_BYTES:
                        raise too_large()
                return _complete(fields, part)
            value = bytearray()
            while piece := await patient(part.read_chunk()):
                value += piece
                if size + len(value) > MOST_FIELD_BYTES:
                    raise ApiError(
                        "MaxPostPreDataLengthExceeded",
                        "Your POST request fields preceding the upload file were too large.",
                    )
            size += len(value)
            fields[name] = value.decode()
    except (ValueError, AssertionError, LookupError):
        raise _malformed() from None
    raise ApiError("InvalidArgument", "POST requires exactly one file upload per request.")


def _complete(fields: dict[str, str], part: aiohttp.BodyPartReader) -> Form:
    if not fields.get("key"):
        raise ApiError(
            "InvalidArgument",
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
            members={"ArgumentName": "key"},
        )
    fields["key"] = fields["key"].replace("${filename}", re.split(r"[/\\]", part.filename or "")[-1])
    return Form(fields)


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """The answer to a posted form."""

    status: int
    headers: dict[str, str]
    body: bytes


def form_answer(form: Form, bucket: str, etag: str, base_url: str) -> FormAnswer:
    """Return the answer to a form whose object is stored.

    Args:
        form: the form.
        bucket: where it was posted to.
        etag: the object's, with its quotes.
        base_url: the endpoint's address, as the client wrote it.
    """
    location = f"{base_url}/{bucket}/{quote(form.key)}"
    headers = {"ETag": etag, "Location": location}
    redirect = urlsplit(form.fields.get("success_action_redirect") or form.fields.get("redirect") or "")
    if redirect.scheme in {"http", "https"} and redirect.netloc:
        query = [*parse_qsl(redirect.query), ("bucket", bucket), ("key", form.key), ("etag", etag)]
        return FormAnswer(303, headers | {"Location": urlunsplit(redirect._replace(query=urlencode(query)))}, b"")
    status = form.fields.get("success_action_status", "")
    if status not in _STATUSES:
        return FormAnswer(204, headers, b"")
    if status == "200":
        return FormAnswer(200, headers, b"")
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<PostResponse><Location>{escape(location)}</Location><Bucket>{escape(bucket)}</Bucket>"
        f"<Key>{escape(form.key)}</Key><ETag>{escape(etag)}</ETag></PostResponse>"
    )
    return FormAnswer(201, headers | {"Content-Type": "application/xml"}, text.encode())


def _tags(text: str) -> str:
    """Return the tags of a `<Tagging>` document as the header x-amz-tagging has them."""
    try:
        root = ET.fromstring(text)  # noqa: S314 - at most 20,000 bytes from a program on this machine
    except ET.ParseError:
        raise ApiError("MalformedXML", "The XML you provided was not well-formed.") from None
    pairs = [
        (tag.findtext("{*}Key", ""), tag.findtext("{*}Value", ""))
        for tag in root.iter()
        if tag.tag.rpartition("}")[2] == "Tag"
    ]
    return urlencode(pairs)


def _malformed() -> ApiError:
    return ApiError("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
