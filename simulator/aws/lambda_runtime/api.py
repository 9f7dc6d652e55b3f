"""Lambda's API: Invoke, ListFunctions, GetFunction, GetFunctionConfiguration.

Lambda API reference. Functions are deployed from functions.json, so nothing here makes or changes one.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.lambda_runtime.errors import LambdaError
from simulator.aws.lambda_runtime.function_config import VERSION
from simulator.aws.lambda_runtime.lambda_service import checked_event
from simulator.aws.lambda_runtime.payloads import MAX_REQUEST_BYTES
from simulator.aws.lambda_runtime.source_code import source_code
from simulator.aws.paging import BadToken, page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.lambda_runtime.asynchronous import AsynchronousInvocations
    from simulator.aws.lambda_runtime.function_config import FunctionConfig
    from simulator.aws.lambda_runtime.lambda_service import LambdaService

MAX_EVENT_BYTES = 1_048_576
MAX_TAIL_BYTES = 4_096
MAX_CLIENT_CONTEXT_BYTES = 3_583
FUNCTIONS_PER_PAGE = 50
_ARN = re.compile(r"arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):\d{12}:function:")


class LambdaApi:
    """The operations of Lambda's API.

    Args:
        service: the functions.
        queue: takes asynchronous invocations.
        role: gives the ARN of a function's role.
    """

    def __init__(
        self, service: LambdaService, queue: AsynchronousInvocations, role: Callable[[FunctionConfig], str]
    ) -> None:
        self._service = service
        self._queue = queue
        self._role = role
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "Invoke": _in_api_words(self.invoke),
            "ListFunctions": self.list_functions,
            "GetFunction": _in_api_words(self.get_function),
            "GetFunctionConfiguration": _in_api_words(self.get_function_configuration),
        }

    def invoke(self, request: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function: wait for its result, queue the event, or only check the call (DryRun)."""
        for member in ("DurableExecutionName", "TenantId"):
            if member in request:
                raise ApiError("InvalidParameterValueException", f"{member} is not simulated: leave it out.")
        kind = request.get("InvocationType", "RequestResponse")
        function = self._function(request)
        payload = _bytes(request.get("Payload", b""))
        request_id = str(uuid.uuid4())
        self._service.find(function, request_id=request_id)
        client_context = _client_context(request.get("ClientContext"), request_id)
        if kind == "DryRun":
            checked_event(payload, kind, MAX_REQUEST_BYTES, request_id)
            return {"StatusCode": 204}
        if kind == "Event":
            checked_event(payload, kind, MAX_EVENT_BYTES, request_id)
            self._queue.submit(function, payload, request_id, client_context)
            return {"StatusCode": 202, "Payload": b""}
        result = self._service.invoke(
            function,
            payload,
            request_id=request_id,
            client_context=client_context,
            tail=request.get("LogType") == "Tail",
        )
        answer: dict[str, Any] = {
            "StatusCode": 200,
            "ExecutedVersion": result.executed_version,
            "Payload": result.payload,
        }
        if result.function_error is not None:
            answer["FunctionError"] = result.function_error
        if result.log_tail is not None:
            answer["LogResult"] = base64.b64encode(result.log_tail.encode()[-MAX_TAIL_BYTES:]).decode()
        return answer

    def list_functions(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the functions, 50 at the most, by name."""
        everyone = request.get("FunctionVersion") == "ALL"
        if "MasterRegion" in request and not everyone:
            raise ApiError("InvalidParameterValueException", "MasterRegion needs FunctionVersion ALL.")
        # MasterRegion asks for Lambda@Edge replicas; there are none, so only ALL leaves functions.
        functions = self._service.functions if request.get("MasterRegion", "ALL") == "ALL" else []
        limit = min(request.get("MaxItems", FUNCTIONS_PER_PAGE), FUNCTIONS_PER_PAGE)
        try:
            page, marker = page_of(functions, lambda one: one.name, token=request.get("Marker"), limit=limit)
        except BadToken as error:
            raise ApiError("InvalidParameterValueException", f"Invalid Marker: {error}") from error
        answer: dict[str, Any] = {"Functions": [self._configuration(one, qualified=everyone) for one in page]}
        return answer if marker is None else {**answer, "NextMarker": marker}

    def get_function(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a function's configuration, the folder of its code, and its reserved concurrency."""
        config = self._found(request)
        answer: dict[str, Any] = {
            "Configuration": self._configuration(config, qualified="Qualifier" in request),
            "Code": {"RepositoryType": "Local", "Location": self._service.task_root.as_uri()},
        }
        if config.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": config.reserved_concurrency}
        return answer

    def get_function_configuration(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a function's configuration."""
        return self._configuration(self._found(request), qualified="Qualifier" in request)

    def _found(self, request: dict[str, Any]) -> FunctionConfig:
        """Return the function of a Get..., whose error names a qualifier only if the caller gave one."""
        function = self._function(request)
        try:
            return self._service.find(function)
        except LambdaError as error:
            words = str(error) if _named_qualifier(function) else str(error).removesuffix(f":{VERSION}")
            raise ApiError(error.name, words, status=error.status) from error

    def _function(self, request: dict[str, Any]) -> str:
        """Return the function's name or ARN with the qualifier, from wherever the caller gave it."""
        function: str = request["FunctionName"]
        if (arn := _ARN.match(function)) and arn["region"] != self._service.region:
            raise ApiError(
                "ResourceNotFoundException",
                f"Functions from '{arn['region']}' are not reachable in this region ('{self._service.region}')",
                status=404,
            )
        function = re.sub(r"^(arn:[^:]+:lambda:[^:]+:\d{12}:|\d{12}:)?function:", _partial, function)
        qualifier = request.get("Qualifier")
        if qualifier is None:
            return function
        own = _named_qualifier(function)
        if own is None:
            return f"{function}:{qualifier}"
        if own != qualifier:
            raise ApiError(
                "InvalidParameterValueException",
                "The derived qualifier from the function name does not match the specified qualifier.",
            )
        return function

    def _configuration(self, config: FunctionConfig, *, qualified: bool) -> dict[str, Any]:
        arn = self._service.arn(config)
        code = source_code(config.handler, self._service.task_root)
        queue = config.dead_letter_queue_arn
        return {
            "FunctionName": config.name,
            "FunctionArn": f"{arn}:{VERSION}" if qualified else arn,
            "Runtime": "python3.11",
            "Role": self._role(config),
            "Handler": config.handler,
            "CodeSize": code.size,
            "Description": config.description,
            "Timeout": max(1, round(config.timeout_seconds)),
            "MemorySize": config.memory_mb,
            "LastModified": f"{code.changed:%Y-%m-%dT%H:%M:%S}.{code.changed.microsecond // 1000:03d}+0000",
            "CodeSha256": code.sha256,
            "Version": VERSION,
            **({"DeadLetterConfig": {"TargetArn": queue}} if queue else {}),
            "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{arn}:{code.sha256}:{config.model_dump_json()}")),
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": config.log_group},
        }


def _in_api_words(
    operation: Callable[[dict[str, Any]], dict[str, Any]],
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the operation with what Lambda refuses as an ApiError."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        try:
            return operation(request)
        except LambdaError as error:
            raise ApiError(error.name, str(error), status=error.status, request_id=error.request_id or None) from error

    return answer


def _partial(match: re.Match[str]) -> str:
    """Leave ARNs and `<account>:function:` as they are; a bare `function:` says nothing more than the name."""
    return match[0] if match[1] else ""


def _named_qualifier(function: str) -> str | None:
    """Return the qualifier that stands behind a function's name."""
    rest = re.sub(r"^((arn:[^:]+:lambda:[^:]+:)?\d{12}:function:)", "", function)
    _, colon, qualifier = rest.partition(":")
    return qualifier if colon else None


def _bytes(payload: Any) -> bytes:
    return payload if isinstance(payload, bytes) else bytes(payload.read())


def _client_context(text: str | None, request_id: str) -> dict[str, Any] | None:
    """Return the value of the header X-Amz-Client-Context."""
    if text is None:
        return None
    if len(text) > MAX_CLIENT_CONTEXT_BYTES:
        raise ApiError(
            "InvalidRequestContentException",
            f"Client context is {len(text)} bytes long; the most is {MAX_CLIENT_CONTEXT_BYTES}.",
            request_id=request_id,
        )
    try:
        value = read_json(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, BadJson):
        value = None
    if not isinstance(value, dict):
        raise ApiError(
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON object.",
            request_id=request_id,
        )
    return value
