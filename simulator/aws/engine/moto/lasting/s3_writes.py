"""Journal entries of S3's writes: the requests that make and configure buckets, and the objects as they read.

An object is read back through the application after each request that writes it, so that it does not matter how it was
written (PutObject, CopyObject, a form, parts). API reference of S3: PutObject, DeleteObject, DeleteObjects,
CompleteMultipartUpload, PutObjectTagging, "POST Object".
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from simulator.aws.engine.environment import REGION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.aws.engine.moto.lasting.journal import Journal
    from simulator.aws.engine.requests import Answer, Caller, Request

    Stored = Callable[[str, str, str, Path], None]

NULL_VERSION: Final = "null"
KEPT_HEADERS: Final = frozenset(
    {"content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires"}
)
_ACL = re.compile(r"x-amz-(acl|grant-.+)")
_FORM_FIELD = r'name="%s"\r\n(?:[^\r\n]+\r\n)*\r\n(?P<value>[^\r\n]*)\r\n'
_NAMESPACE = re.compile(r"\{[^}]*\}")
_ABOUT_VERSION = {"tagging", "acl", "retention", "legal-hold"}
_CONFIG_IDS = ("id",)


class S3Writes:
    """Passes writes on, and journals what they did before they are answered.

    Args:
        caller: the application.
        journal: takes the lines.
        blobs: the folder for the objects' bytes.
        stored: told (bucket, key, version, file) of each object that is in the journal now.
    """

    def __init__(self, caller: Caller, journal: Journal, blobs: Path, stored: Stored) -> None:
        self._caller = caller
        self._journal = journal
        self._blobs = blobs
        self._stored = stored
        self._lock = threading.Lock()
        self.versions: dict[tuple[str, str], dict[str, str | None]] = {}
        """(bucket, key) -> version id -> the name of its blob, None for a delete marker or one that lies elsewhere."""

    def answer(self, request: Request) -> Answer:
        """Carry out a PUT, POST or DELETE, and journal what it changed.

        Raises:
            OSError: the disk is full.
        """
        bucket, _, key = request.path.lstrip("/").partition("/")
        query = request.query
        with self._lock:
            self._journal.check_room(request.length)
            answer = self._caller.answer(request.environ)
            if answer.good or answer.status == 303:  # noqa: PLR2004 - a form's redirect
                if key:
                    self._object_request(request, answer, bucket, key, query)
                elif bucket:
                    self._bucket_request(request, answer, bucket, query)
        return answer

    def _bucket_request(self, request: Request, answer: Answer, bucket: str, query: dict[str, str]) -> None:
        if request.method == "POST":
            if "delete" in query:
                self._deleted_several(answer, bucket)
            else:
                self._form(request, bucket)
            return
        config = next((name for name in query if name not in _CONFIG_IDS), None)
        if config is None:
            if request.method == "PUT":
                self._keep_request(request, ["s3", bucket])
            else:
                self._journal.forget(["s3", bucket])
            return
        about = ["s3", bucket, "config", config, query.get("id", "")]
        if request.method == "PUT":
            self._keep_request(request, about)
        else:
            self._journal.forget(about)

    def _object_request(self, request: Request, answer: Answer, bucket: str, key: str, query: dict[str, str]) -> None:
        method = request.method
        if "uploads" in query:
            self._journal.write(
                {
                    "about": ["s3", bucket, "upload", _text_of(answer.body, "UploadId")],
                    "key": key,
                    "headers": request.headers,
                    "query": query,
                }
            )
        elif "uploadId" in query:
            self._part_request(request, answer, bucket, key, query)
        elif about := _ABOUT_VERSION & query.keys():
            name = about.pop()
            version = query.get("versionId") or answer.headers.get("x-amz-version-id") or self._latest(bucket, key)
            named = ["s3", bucket, "key", key, version, name]
            if method == "PUT":
                self._keep_request(request, named)
            else:
                self._journal.forget(named)
        elif method == "PUT":
            self._written(bucket, key, {n: v for n, v in request.headers.items() if _ACL.fullmatch(n)})
        elif method == "DELETE":
            deleted = query.get("versionId")
            marker = answer.headers.get("x-amz-version-id") if deleted is None else None
            self._deleted(bucket, key, deleted, marker)

    def _part_request(self, request: Request, answer: Answer, bucket: str, key: str, query: dict[str, str]) -> None:
        upload = ["s3", bucket, "upload", query["uploadId"]]
        if request.method == "PUT":
            blob = self._blob(request.content()) if "x-amz-copy-source" not in request.headers else None
            if blob is None:
                return  # a part that was copied from another object: it lasts once the upload is complete
            self._journal.write(
                {"about": [*upload, query["partNumber"]], "key": key, "headers": request.headers, "blob": blob}
            )
        elif request.method == "POST":
            del answer
            self._written(bucket, key, {}, upload=query["uploadId"])
            self._journal.forget(upload)
        else:
            self._journal.forget(upload)

    def _form(self, request: Request, bucket: str) -> None:
        """A form names its key in a field; what moto makes of it is what is there afterwards."""
        head = request.content().decode("latin-1")
        key = re.search(_FORM_FIELD % "key", head)
        if key is not None:
            acl = re.search(_FORM_FIELD % "acl", head)
            name = key["value"].encode("latin-1").decode("utf-8", "surrogateescape")
            self._written(bucket, name, {"x-amz-acl": acl["value"]} if acl else {})

    def _keep_request(self, request: Request, about: list[str]) -> None:
        self._journal.write(
            {
                "about": about,
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "headers": request.headers,
                "body": request.content().decode("latin-1"),
                "region": request.scope[1],
                "at": time.time(),
            }
        )

    def _latest(self, bucket: str, key: str) -> str:
        return next(reversed(self.versions.get((bucket, key), {NULL_VERSION: None})), NULL_VERSION)

    def _written(self, bucket: str, key: str, acl: dict[str, str], upload: str | None = None) -> None:
        """Journal the latest version of a key as it reads."""
        read = self._s3("GET", bucket, key, headers={"x-amz-checksum-mode": "ENABLED"})
        if not read.good:
            return
        version = read.headers.get("x-amz-version-id", NULL_VERSION)
        about = ["s3", bucket, "key", key, version]
        blob = self._blob(read.body)
        lines: list[dict[str, Any]] = []
        known = self.versions.setdefault((bucket, key), {})
        if version in known:
            lines.append({"forget": about})
        entry = {
            "about": about,
            "blob": blob,
            "size": len(read.body),
            "etag": read.headers.get("etag", "").strip('"'),
            "modified": _moment(read.headers["last-modified"]),
            "headers": {
                name: value
                for name, value in read.headers.items()
                if name in KEPT_HEADERS or (name.startswith("x-amz-") and name != "x-amz-version-id")
            },
        }
        if upload is not None:
            entry |= {"upload": upload, "parts": self._part_sizes(bucket, key)}
        lines.append(entry)
        path = f"/{bucket}/{key}"
        if acl:
            lines.append(_request([*about, "acl"], path, {"acl": ""}, headers=acl))
        if "x-amz-tagging-count" in read.headers:
            tags = self._s3("GET", bucket, key, {"tagging": ""})
            lines.append(_request([*about, "tagging"], path, {"tagging": ""}, body=tags.body))
        self._journal.write(*lines)
        replaced = known.pop(version, None)
        known[version] = blob
        self._stored(bucket, key, version, self._blobs / blob)
        if replaced is not None:
            (self._blobs / replaced).unlink(missing_ok=True)
        if version == NULL_VERSION and len(known) > 1:
            self._compare(bucket, key)

    def _part_sizes(self, bucket: str, key: str) -> list[int]:
        first = self._s3("HEAD", bucket, key, {"partNumber": "1"})
        sizes = [int(first.headers.get("content-length", 0))]
        for number in range(2, int(first.headers.get("x-amz-mp-parts-count", 1)) + 1):
            part = self._s3("HEAD", bucket, key, {"partNumber": str(number)})
            sizes.append(int(part.headers.get("content-length", 0)))
        return sizes

    def _deleted_several(self, answer: Answer, bucket: str) -> None:
        for entry in _elements(answer.body, "Deleted"):
            found = {_NAMESPACE.sub("", child.tag): child.text or "" for child in entry}
            marker = found.get("DeleteMarkerVersionId") or None
            version = None if marker and not found.get("VersionId") else found.get("VersionId") or None
            self._deleted(bucket, found["Key"], version, marker if version is None else None)

    def _deleted(self, bucket: str, key: str, version: str | None, marker: str | None) -> None:
        """Journal what a delete did: a marker more, or a version less, or, without versioning, the object gone."""
        known = self.versions.setdefault((bucket, key), {})
        if marker is not None:
            self._journal.write({"about": ["s3", bucket, "key", key, marker], "marker": True, "modified": time.time()})
            known.pop(marker, None)
            known[marker] = None
        elif version is not None:
            self._gone(bucket, key, version)
        elif set(known) <= {NULL_VERSION}:
            self._gone(bucket, key, NULL_VERSION)
        else:
            self._compare(bucket, key)
        if not known:
            del self.versions[bucket, key]

    def _gone(self, bucket: str, key: str, version: str) -> None:
        """Take a version back; a line stays that says so, since a run's folder may hold it as well."""
        about = ["s3", bucket, "key", key, version]
        self._journal.write({"forget": about}, {"about": about, "gone": True, "modified": time.time()})
        blob = self.versions.get((bucket, key), {}).pop(version, None)
        if blob is not None:
            (self._blobs / blob).unlink(missing_ok=True)

    def _compare(self, bucket: str, key: str) -> None:
        """Take back what is not there any more, as a listing shows it."""
        there: set[str] = set()
        query = {"versions": "", "prefix": key}
        while True:
            page = self._s3("GET", bucket, "", query)
            if not page.good:
                return
            for kind in ("Version", "DeleteMarker"):
                for entry in _elements(page.body, kind):
                    found = {_NAMESPACE.sub("", child.tag): child.text or "" for child in entry}
                    if found.get("Key") == key:
                        there.add(found["VersionId"])
            if _text_of(page.body, "IsTruncated") != "true":
                break
            query |= {
                "key-marker": _text_of(page.body, "NextKeyMarker"),
                "version-id-marker": _text_of(page.body, "NextVersionIdMarker"),
            }
        for version in list(self.versions.get((bucket, key), {})):
            if version not in there:
                self._gone(bucket, key, version)

    def _s3(
        self,
        method: str,
        bucket: str,
        key: str,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        path = f"/{bucket}/{key}" if key else f"/{bucket}"
        return self._caller.call(method, path, query, scope=("s3", REGION), headers=headers)

    def _blob(self, content: bytes) -> str:
        name = uuid.uuid4().hex
        folder = self._blobs / name[:2]
        folder.mkdir(exist_ok=True)
        try:
            (folder / name).write_bytes(content)
        except OSError:
            (folder / name).unlink()  # half of it would take what room is left
            if not self._journal.give_reserve():
                raise
            (folder / name).write_bytes(content)
        return f"{name[:2]}/{name}"


def _moment(last_modified: str) -> float:
    """Return the time of an object that was written just now: the header's second, and a place in it by the clock."""
    second = parsedate_to_datetime(last_modified).timestamp()
    return min(max(time.time(), second), second + 0.999999)


def _request(
    about: list[str], path: str, query: dict[str, str], *, headers: dict[str, str] | None = None, body: bytes = b""
) -> dict[str, Any]:
    return {
        "about": about,
        "method": "PUT",
        "path": path,
        "query": query,
        "headers": headers or {},
        "body": body.decode("latin-1"),
    }


def _elements(body: bytes, name: str) -> list[ET.Element]:
    return [one for one in ET.fromstring(body).iter() if _NAMESPACE.sub("", one.tag) == name]  # noqa: S314 - moto's


def _text_of(body: bytes, name: str) -> str:
    found = _elements(body, name)
    return (found[0].text or "") if found else ""
