"""The errors of EventBridge's API, by their names there, and the error of a target that does not take an event."""

from __future__ import annotations


class InvalidEventPatternException(ValueError):
    """PutRule refuses an event pattern: `where` is the place in the pattern, `reason` is AWS's sentence."""

    def __init__(self, reason: str, where: str) -> None:
        self.reason = reason
        self.where = where
        super().__init__(f"Event pattern is not valid. Reason: {reason} at {where or 'the top'}")


class ValidationException(ValueError):
    """PutRule refuses a rule, PutTargets a target, or TestEventPattern an event."""


class TargetError(Exception):
    """A target did not take the event.

    Args:
        code: EventBridge's ERROR_CODE: NO_PERMISSIONS, NO_RESOURCE, THROTTLING, TIMEOUT, INVALID_JSON, ...
        message: what the target said.
        retryable: whether another attempt can help.
        input_text: the text that was to be the target's input, if it could not be delivered because it is not JSON.
    """

    def __init__(self, code: str, message: str, *, retryable: bool, input_text: str | None = None) -> None:
        self.code = code
        self.message = message
        self.retryable = retryable
        self.input_text = input_text
        super().__init__(f"{code}: {message}")
