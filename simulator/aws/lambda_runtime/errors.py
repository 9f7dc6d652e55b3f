"""Errors that an Invoke can return (Lambda API reference, Invoke, "Errors")."""

from __future__ import annotations


class LambdaError(Exception):
    """Lambda refused an invocation; the function did not run.

    `name` is the API's error code (a state machine sees `Lambda.<name>`), `status` the HTTP status, `request_id` the
    request's id, and the message is the API's.
    """

    name = "ServiceException"
    status = 500

    def __init__(self, message: str, request_id: str = "") -> None:
        self.request_id = request_id
        super().__init__(message)


class ResourceNotFoundException(LambdaError):
    """There is no function of that name."""

    name = "ResourceNotFoundException"
    status = 404


class TooManyRequestsException(LambdaError):
    """Every execution environment that the function may have is busy."""

    name = "TooManyRequestsException"
    status = 429


class RequestTooLargeException(LambdaError):
    """The payload is larger than 6 MB."""

    name = "RequestTooLargeException"
    status = 413


class InvalidRequestContentException(LambdaError):
    """The payload is not JSON."""

    name = "InvalidRequestContentException"
    status = 400


class OutOfMemory(BaseException):
    """Raised to play the end of a function's memory: Lambda kills the environment, whatever the code catches.

    Memory is shared by all environments here, so nothing in the runtime itself measures it.
    """


class CallerTimeout(Exception):
    """The caller's own time ran out. As on AWS the invocation goes on; nobody waits for its result."""


class AccessDeniedException(LambdaError):
    """The caller may not invoke the function."""

    name = "AccessDeniedException"
    status = 403
