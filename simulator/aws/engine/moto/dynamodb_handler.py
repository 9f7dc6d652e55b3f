"""moto's handler of DynamoDB's requests, without the work that only requests of other services need. moto 5.2 only."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import orjson
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api import recorder
from moto.moto_server.werkzeug_app import BackendRequest
from moto.utilities.aws_headers import gen_amzn_requestid_long
from moto.utilities.utils import get_partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from moto.core.responses import ActionResult

_JSON: Final = "application/x-amz-json-1.0"
_WRITES: Final = frozenset({"PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
_MOST_ANSWERS: Final = 256
_LARGEST_ANSWER: Final = 1_024
_AS_IT_IS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME
_PLAIN: Final = "text/plain; charset=utf-8"

_Answer = tuple[int, dict[str, Any], Any]
_answers: dict[tuple[str, bytes], _Answer] = {}
_UNCONDITIONAL: Final = "BatchWriteItem"
_whole: Final = threading.Lock()
"""Held while moto works at a request: it looks at a condition, writes an item's key and then its attributes, in steps.

DynamoDB's writes are atomic. A BatchWriteItem has no condition and puts whole items, one for each row of a run.
"""


class QuickHandler(DynamoHandler):  # type: ignore[misc] # moto has no types
    """Takes one request of DynamoDB's JSON protocol, and leaves every other to moto's own way.

    moto looks for a form in each body, makes S3's fields of it, and finds in the model how each member of the answer is
    spelled. The answer to a write is nearly always the same, so it is spelled once.
    """

    _quick = False

    def setup_class(self, request: Any, *arguments: Any) -> None:
        """Take over what DynamoDB's operations ask of a request."""
        environ = request.environ
        self._quick = (
            environ.get("CONTENT_TYPE") == _JSON
            and not environ.get("QUERY_STRING")
            and not environ.get("HTTP_CONTENT_ENCODING")
            and bool(environ.get("HTTP_HOST"))
        )
        if not self._quick:
            super().setup_class(request, *arguments)
            return
        url = f"http://{environ['HTTP_HOST']}/"
        self.is_werkzeug_request = True
        self.normalized_request = request
        self.parsed_url = urlsplit(url)
        self.raw_body = request.get_data(parse_form_data=False)
        self.body = self.raw_body.decode("utf-8")
        self.form_data: dict[str, Any] = {}
        self.querystring: dict[str, Any] = {}
        self.data = self.querystring
        self.uri = url
        self.path = self.raw_path = "/"
        self.method = request.method
        self.region = self.get_region_from_url(request, url)
        self.partition = get_partition(self.region)
        self.uri_match: dict[str, Any] = {}
        self.headers = request.headers
        self.response_headers = {"server": "amazon.com"}
        self.parse_parameters(request)
        self.access_key = self.get_access_key()
        self.current_account = self.get_current_account()

    def parse_parameters(self, request: Any) -> None:
        """Read the body by the operation's model."""
        if not self._quick:
            super().parse_parameters(request)
            return
        operation = get_service_model("dynamodb").operation_model(self._get_action())
        parser = PROTOCOL_PARSERS["json"](operation, map_type=self.PROTOCOL_PARSER_MAP_TYPE)
        self.params = parser.parse({"body": self.raw_body})

    def serialized(self, action_result: ActionResult) -> Any:
        """Spell an answer by its model, or as an equal one was spelled before."""
        operation = self._get_action() if self._quick else ""
        if operation not in _WRITES:
            return super().serialized(action_result)
        try:
            value = orjson.dumps(action_result.result, option=_AS_IT_IS)
        except TypeError:  # more than plain dicts, lists and values: a model of moto's, or an exception
            return super().serialized(action_result)
        known = _answers.get((operation, value))
        if known is None:
            known = super().serialized(action_result)
            if len(_answers) < _MOST_ANSWERS and len(value) < _LARGEST_ANSWER:
                _answers[operation, value] = known
        status, headers, body = known
        return status, dict(headers), body

    @staticmethod
    def _enrich_response(headers: dict[str, Any], body: Any) -> tuple[dict[str, Any], Any]:
        """Give the answer a request id; no body of DynamoDB's has a place for one."""
        if "status" in headers:
            headers["status"] = str(headers["status"])
        gen_amzn_requestid_long(headers)
        return headers, body


def answer_dynamodb(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a DynamoDB request without Flask, whose routes lead to one handler (WSGI, PEP 3333).

    See `moto.core.utils.convert_to_flask_response`, which does the same behind Flask.
    """
    request = BackendRequest(environ)
    recorder._record_request(request)  # noqa: SLF001 - as moto does
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    with nullcontext() if operation == _UNCONDITIONAL else _whole:
        status, headers, content = QuickHandler.dispatch(request)
    body = content.encode() if isinstance(content, str) else content
    fields = {name.lower(): (name, str(value)) for name, value in headers.items()}
    fields.setdefault("content-type", ("Content-Type", _PLAIN))
    fields["content-length"] = ("Content-Length", str(len(body)))
    start_response(f"{status} {HTTPStatus(int(status)).phrase.upper()}", list(fields.values()))
    return [body]
