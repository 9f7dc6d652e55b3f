"""What functions of the local cloud may ask Step Functions, at an address of their own on this machine.

A function's boto3 client finds it by `AWS_ENDPOINT_URL_SFN`; all else goes to moto.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict

from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.endpoint.wire.message import WireRequest
from simulator.aws.endpoint.wire.modelled_service import ModelledService
from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.iam.call import acting, signer
from simulator.aws.integrations.permitted import permitted_operations
from simulator.pipeline.loopback_server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.aws.endpoint.service_api import Operation
    from simulator.aws.iam.gate import Gate

OPERATIONS = ("DescribeExecution", "DescribeMapRun", "ListMapRuns", "SendTaskSuccess")
_NO_SERVICE = 503


class FunctionsEndpoint(LoopbackServer[ThreadingHTTPServer]):
    """Answers the operations of Step Functions that functions call, on a free port of 127.0.0.1. To be closed.

    Args:
        gate: the functions' calls pass through it.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._service: ModelledService | None = None
        handler = _handler(lambda: self._service)
        super().__init__(lambda address: ThreadingHTTPServer(address, handler), "functions-endpoint")

    def serve(self, operations: Mapping[str, Operation], owner_of_token: Callable[[object], str | None]) -> None:
        """Answer by these operations from now on; until then it answers 503, and clients try again.

        Args:
            operations: by their names in the API.
            owner_of_token: see `permitted_operations`.
        """
        here = f"{REGION}:{ACCOUNT}"
        permitted = permitted_operations("stepfunctions", operations, self._gate, here, owner_of_token)
        self._service = ModelledService(ServiceApi("stepfunctions", {name: permitted[name] for name in OPERATIONS}))


def _handler(service: Callable[[], ModelledService | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = service()
            if found is None:
                self.send_error(_NO_SERVICE)
                return
            with acting(signer(self.headers.get("Authorization", ""))):
                answer = found.answer(WireRequest("POST", self.path, "", CIMultiDict(self.headers.items()), body))
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: stderr belongs to the command."""

    return Handler
