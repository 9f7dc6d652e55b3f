"""The middleware that makes moto last: every write is in the journal before it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.engine.moto.lasting.dynamodb_writes import TARGET, DynamoDbWrites
from simulator.aws.engine.moto.lasting.journal import Journal
from simulator.aws.engine.moto.lasting.large_reads import LargeReads
from simulator.aws.engine.moto.lasting.moto_queues import MotoQueues
from simulator.aws.engine.moto.lasting.moto_state import MotoState
from simulator.aws.engine.moto.lasting.not_kept import dynamodb_not_kept, s3_not_kept, sqs_not_kept
from simulator.aws.engine.moto.lasting.restoring import Restorer
from simulator.aws.engine.moto.lasting.s3_writes import S3Writes
from simulator.aws.engine.moto.lasting.sqs_writes import TARGET as SQS_TARGET
from simulator.aws.engine.moto.lasting.sqs_writes import SqsWrites
from simulator.aws.engine.requests import Answer, Caller, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions
    from simulator.aws.engine.requests import WsgiApp


class LastingApp:
    """Restores what the journal of a folder has, and journals what is written from then on (WSGI, PEP 3333).

    Args:
        app: the application behind it.
        folder: holds the journal and the objects' bytes; made if it is missing.
        kept: the items that lie in run folders; None for none.

    Raises:
        JournalBusy: another process has the folder open.
        OSError: it cannot be read or written.
    """

    def __init__(self, app: WsgiApp, folder: Path, kept: KeptPartitions | None) -> None:
        self._app = app
        self._caller = Caller(app)
        self._kept = kept
        self._journal = Journal(folder)
        blobs = folder / "objects"
        blobs.mkdir(exist_ok=True)
        self._state = MotoState()
        self._large_reads = LargeReads(app, self._state.on_disk)
        self._s3 = S3Writes(self._caller, self._journal, blobs, self._state.keep_on_disk)
        self._dynamodb = DynamoDbWrites(self._caller, self._journal, kept)
        self._sqs = SqsWrites(self._caller, self._journal, MotoQueues())
        self.restorer = Restorer(self._caller, self._state, self._s3, self._sqs, blobs, kept)
        self.restorer.restore(self._journal)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if target.startswith(TARGET):
            return self._answer_dynamodb(environ, start_response, target.removeprefix(TARGET))
        if target.startswith(SQS_TARGET):
            return self._answer_sqs(Request.read(environ), start_response)
        if not target and environ["REQUEST_METHOD"] == "GET":
            return self._large_reads.answer(environ, start_response)
        if target or environ["REQUEST_METHOD"] not in ("PUT", "POST", "DELETE"):
            return self._app(environ, start_response)
        return self._answer_signed(Request.read(environ), start_response)

    def _answer_signed(self, request: Request, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request whose service only its signature tells."""
        service = request.scope[0]
        if service == "sqs":  # the query protocol
            return self._answer_sqs(request, start_response)
        with request.body:
            if service not in (None, "s3"):
                return _sent(self._caller.answer(request.environ), start_response)
            try:
                return _sent(self._s3.answer(request), start_response)
            except OSError as error:
                return _sent(s3_not_kept(error), start_response)

    def _answer_sqs(self, request: Request, start_response: Callable[..., Any]) -> Iterable[bytes]:
        with request.body:
            try:
                return _sent(self._sqs.answer(request), start_response)
            except OSError as error:
                return _sent(sqs_not_kept(error, json="HTTP_X_AMZ_TARGET" in request.environ), start_response)

    def _answer_dynamodb(
        self, environ: dict[str, Any], start_response: Callable[..., Any], operation: str
    ) -> Iterable[bytes]:
        if not self._dynamodb.writes(operation):
            return self._app(environ, start_response)
        request = Request.read(environ)
        with request.body:
            try:
                answer = self._dynamodb.answer(request, operation)
            except OSError as error:
                return _sent(dynamodb_not_kept(error), start_response)
            if operation == "CreateTable" and answer.good and self._kept is not None:
                region = request.scope[1]
                if b'"%s"' % self._kept.table.encode() in request.content() and self._kept.is_table(
                    region, self._kept.table
                ):
                    self._state.attach(region, self._kept)
                    self.restorer.put_unfiled_items()
            return _sent(answer, start_response)


def _sent(answer: Answer, start_response: Callable[..., Any]) -> list[bytes]:
    start_response(answer.status_line, answer.header_list)
    return [answer.body]
