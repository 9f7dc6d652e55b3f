"""What EventBridge refuses, by the API's names, and what a target answers when it cannot take an event."""

from __future__ import annotations


class InvalidEventPatternException(ValueError):
    """An event pattern that PutRule refuses; `where` is the place in the pattern, `reason` the sentence."""

    def __init__(self, reason: str, where: str) -> None:
        self.reason = reason
        self.where = where
        super().__init__(f"Event pattern is not valid. Reason: {reason} at {where or 'the top'}")


class ValidationException(ValueError):
    """A rule or target that PutRule or PutTargets refuses."""


class TargetError(Exception):
    """A target did not take the event.

    Args:
        code: EventBridge's ERROR_CODE: NO_PERMISSIONS, NO_RESOURCE, THROTTLING, TIMEOUT, INVALID_JSON, ...
        message: what the target said.
        retryable: whether another attempt can help.
    """

    def __init__(self, code: str, message: str, *, retryable: bool) -> None:
        self.code = code
        self.message = message
        self.retryable = retryable
        super().__init__(f"{code}: {message}")
