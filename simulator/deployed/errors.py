"""What can go wrong with a stack that is deployed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator


class StackError(Exception):
    """A stack cannot be reached or used. The message is for people: what happened, where, and what to do."""


@contextmanager
def told_aws_errors(doing: str) -> Iterator[None]:
    """Make a StackError of what AWS or the way to it answers.

    Args:
        doing: what is being done, for the sentence: `reading the stack X`.

    Raises:
        StackError: a call was refused, or did not reach AWS.
    """
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        code, message = details.get("Code", "Unknown"), details.get("Message", "")
        advice = "" if "Denied" not in code else " The identity of this shell is: aws sts get-caller-identity"
        raise StackError(f"AWS refused {doing}: {code}: {message}{advice}") from error
    except BotoCoreError as error:
        raise StackError(
            f"AWS was not reached while {doing}: {error} (aws sts get-caller-identity shows whether this shell has "
            "credentials; --profile and --region choose others.)"
        ) from error
