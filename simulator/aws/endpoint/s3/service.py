"""S3 requests: passed on to the engine, and watched for objects that they store."""

from __future__ import annotations

import logging
import re
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from multidict import CIMultiDict

from simulator.aws.endpoint.engine import EngineFailed, send
from simulator.aws.endpoint.http import web
from simulator.aws.endpoint.object_created import ObjectCreated
from simulator.aws.endpoint.s3.aws_chunked import ChunkReader, is_aws_chunked, plain_headers
from simulator.aws.endpoint.s3.digests import Digests
from simulator.aws.endpoint.s3.errors import s3_request_id
from simulator.aws.endpoint.s3.failures import check_key, explained
from simulator.aws.endpoint.s3.form import form_answer, read_form
from simulator.aws.endpoint.s3.parts import OpenUploads, check_completion, check_part_number, no_such_upload
from simulator.aws.endpoint.s3.policy import check_policy
from simulator.aws.endpoint.s3.target import S3Target, stores
from simulator.aws.endpoint.scope import has_expired
from simulator.aws.endpoint.spool import MOST_OBJECT_BYTES, Spool, receive, welcome
from simulator.aws.endpoint.threads import in_thread
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from simulator.aws.endpoint.engine import Engine, EngineAnswer
    from simulator.aws.endpoint.incoming import Incoming

_LOG = logging.getLogger(__name__)
_ENGINES_OWN = ("/moto-api", "/favicon.ico", "/latest/meta-data/", "/latest/api/", "/simulator")
_OK = 200
_DENIED = 403
_MISSING = 404
_OURS = {
    "Host": "localhost",
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/s3/aws4_request, SignedHeaders=host, "
    "Signature=0",
}
"""Headers of a request of our own. What is not signed may read, and replace, public objects only."""
# moto knows none of these, and takes such a request for one about the bucket or the object itself.
_NOT_SIMULATED = frozenset(
    (
        *("abac", "analytics", "annotation", "intelligent-tiering", "metadataAnnotationTable", "metadataConfiguration"),
        *("metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "renameObject"),
        *("requestPayment", "session", "torrent"),
    )
)
_FAILED = re.compile(rb"\s*(<\?xml[^>]*>)?\s*<Error>")


class S3Service:
    """Answers requests that are for S3. Its methods run on the endpoint's event loop.

    Args:
        engine: plays S3.
        on_object_created: told of each object that a client has stored, before the client is.
    """

    def __init__(self, engine: Engine, on_object_created: Callable[[ObjectCreated], None]) -> None:
        self._engine = engine
        self._on_object_created = on_object_created
        self._uploads = OpenUploads()

    async def answer(self, incoming: Incoming) -> web.StreamResponse:
        """Answer one request.

        Raises:
            ApiError: the request is refused before the engine sees it.
        """
        request = incoming.http
        target = S3Target.of(incoming.host, incoming.path)
        _refuse_what_the_engine_keeps(unquote(target.path))
        _refuse_what_the_engine_lacks(incoming)
        if has_expired(incoming.parameters):
            raise ApiError("AccessDenied", "Request has expired", status=403)
        if request.method == "POST" and not target.key and incoming.media_type == "multipart/form-data":
            return await self._form(request, target.bucket)
        with Spool() as body:
            headers = await _received(request, body)
            reason = stores(request.method, target, incoming.parameters, headers)
            if reason is not None:
                check_key(target.key)
            if "uploadId" in incoming.parameters:
                await self._check_upload(request.method, target, incoming.parameters, body)
            query = f"?{incoming.query}" if incoming.query else ""
            try:
                async with self._ask(request.method, target.path + query, headers, body) as answer:
                    if reason is not None and _succeeded(answer):
                        if reason == "CompleteMultipartUpload":
                            await self._completed(request, target, answer, incoming.parameters["uploadId"])
                        else:
                            etag = answer.headers.get("ETag") if reason == "PutObject" else None
                            size = body.size if reason == "PutObject" else None
                            await self._created(request, target, answer, reason=reason, etag=etag, size=size)
                    _explain_bare(request.method, headers, answer)
                    return await send(request, answer)
            except EngineFailed as failure:
                raise explained(request.method, incoming.parameters) or failure from None

    async def _check_upload(self, method: str, target: S3Target, parameters: Mapping[str, str], body: Spool) -> None:
        """Refuse what is wrong about an upload of parts, before the engine takes it."""
        if method == "PUT":
            check_part_number(parameters)
        if method == "POST":
            check_completion(body.all())
        upload = parameters["uploadId"]
        if self._uploads.key(upload) is None:
            async with self._engine.ask("s3", "GET", f"/{quote(target.bucket)}?uploads", _OURS) as listing:
                if listing.status == _OK:
                    self._uploads.learn(listing.body.all())
        if self._uploads.key(upload) not in {None, target.key}:
            raise no_such_upload(upload)

    async def _form(self, request: web.BaseRequest, bucket: str) -> web.StreamResponse:
        """Store what a form brings as a PutObject does: the engine reads forms into memory, and not their headers."""
        if request.content_length is None:
            raise _no_length()
        welcome(request, MOST_OBJECT_BYTES)
        with Spool() as file:
            form = await read_form(request.headers, request.content, file)
            check_policy(form.fields, bucket, file.size)
            target = S3Target(f"/{quote(bucket)}/{quote(form.key)}", bucket, form.key)
            _refuse_what_the_engine_keeps(unquote(target.path))
            check_key(target.key)
            headers = CIMultiDict({**form.headers(), **_OURS})
            async with self._ask("PUT", target.path, headers, file) as answer:
                if not _succeeded(answer):
                    return await send(request, answer)
                etag = answer.headers.get("ETag", "")
                await self._created(request, target, answer, reason="POST Object", etag=etag, size=file.size)
                base = f"http://{request.headers.get('Host', '')}"
                made = form_answer(form, bucket, etag, base)
                kept = {name: value for name, value in answer.headers.items() if name.lower().startswith("x-amz-")}
                return web.Response(status=made.status, headers={**kept, **made.headers}, body=made.body)

    @asynccontextmanager
    async def _ask(
        self, method: str, target: str, headers: CIMultiDict[str], body: Spool
    ) -> AsyncIterator[EngineAnswer]:
        # The engine takes the name of a bucket from any other host.
        headers["Host"] = "localhost"
        async with self._engine.ask("s3", method, target, headers, body) as answer:
            answer.headers.popall("x-amzn-requestid", None)  # no header of S3's; boto3 would prefer it
            answer.headers["x-amz-request-id"] = s3_request_id()
            answer.headers["x-amz-id-2"] = "local"
            yield answer

    async def _completed(self, request: web.BaseRequest, target: S3Target, answer: EngineAnswer, upload: str) -> None:
        """Tell of an upload's object; a completion that repeats another stores nothing, and has no event."""
        if not self._uploads.is_completed(upload):
            reason = "CompleteMultipartUpload"
            await self._created(request, target, answer, reason=reason, etag=None, size=None)
            self._uploads.complete(upload)

    async def _created(
        self,
        request: web.BaseRequest,
        target: S3Target,
        answer: EngineAnswer,
        *,
        reason: str,
        etag: str | None,
        size: int | None,
    ) -> None:
        version: str | None = answer.headers.get("x-amz-version-id")
        if version == "null":  # moto: the bucket has no versions
            version = None
        if etag is None or size is None:
            etag, size = await self._look_up(target.path, version)
        created = ObjectCreated(
            bucket=target.bucket,
            key=target.key,
            version_id=version,
            size=size,
            etag=etag.strip('"'),
            reason=reason,
            request_id=answer.headers["x-amz-request-id"],
            source_ip=request.remote or "127.0.0.1",
        )
        try:
            await in_thread(partial(self._on_object_created, created))
        except Exception:  # noqa: BLE001 - the client hears of it, and the log says why
            _LOG.exception("The event of s3://%s/%s could not be sent", target.bucket, target.key)
            raise ApiError(
                "InternalError",
                "The object is stored, but its event could not be sent; the simulator's log says why.",
                status=500,
            ) from None

    async def _look_up(self, path: str, version: str | None) -> tuple[str, int]:
        """Return the ETag and the size of an object that has just been stored."""
        query = f"?versionId={quote(version)}" if version else ""
        async with self._engine.ask("s3", "HEAD", path + query, _OURS) as head:
            if head.status != _OK or head.length is None:
                raise AssertionError(f"the engine answers {head.status} for {path}{query}, which it has just stored")
            return head.headers.get("ETag", ""), head.length


async def _received(request: web.BaseRequest, body: Spool) -> CIMultiDict[str]:
    """Receive a body without its chunks, check it, and return the headers that fit it."""
    headers = CIMultiDict(request.headers)
    digests = Digests(headers)

    def take(piece: bytes) -> None:
        digests.update(piece)
        body.write(piece)

    if not is_aws_chunked(headers):
        if "chunked" in headers.get("Transfer-Encoding", "").lower():
            raise ApiError(
                "NotImplemented",
                "A header you provided implies functionality that is not implemented",
                status=501,
                members={"Header": "Transfer-Encoding"},
            )
        await receive(request, take, limit=MOST_OBJECT_BYTES)
        digests.check(headers)
        return headers
    chunks = ChunkReader(take)
    await receive(request, chunks.feed, limit=MOST_OBJECT_BYTES)
    chunks.end(headers.get("x-amz-decoded-content-length"))
    for name, value in plain_headers(headers, chunks.trailers).items():
        headers.popall(name, None)
        if value is not None:
            headers[name] = value
    digests.check(headers)
    return headers


def _succeeded(answer: EngineAnswer) -> bool:
    """Say whether a request stored what it brought; a copy or a completion may fail with the status 200."""
    return answer.status in {_OK, 204} and (answer.body.size == 0 or _FAILED.match(answer.body.all()) is None)


def _explain_bare(method: str, headers: Mapping[str, str], answer: EngineAnswer) -> None:
    """Raise the error that an answer of the engine stands for which says nothing else."""
    if answer.body.size or method == "HEAD":
        return
    if answer.status == _MISSING and method == "PUT" and "x-amz-copy-source" in headers:
        raise ApiError("NoSuchKey", "The specified key does not exist.", status=_MISSING)
    if answer.status == _DENIED:
        raise ApiError("AccessDenied", "Access Denied", status=_DENIED)


def _refuse_what_the_engine_keeps(path: str) -> None:
    own = next((own for own in _ENGINES_OWN if path.startswith(own)), None)
    if own is not None and not (own == "/simulator" and path[len(own) : len(own) + 1] not in {"", "/"}):
        raise ApiError(
            "InvalidBucketName",
            f"Paths that begin with {own} are the local cloud's own. Choose another name for the bucket or the key.",
        )


def _refuse_what_the_engine_lacks(incoming: Incoming) -> None:
    for name in sorted(_NOT_SIMULATED.intersection(incoming.parameters)):
        raise ApiError("NotImplemented", f"s3: {incoming.http.method} with '?{name}' is not simulated.", status=501)


def _no_length() -> ApiError:
    return ApiError("MissingContentLength", "You must provide the Content-Length HTTP header.", status=411)
