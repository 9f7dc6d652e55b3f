"""Common to both kinds of filter patterns: the error, and regular expressions."""

from __future__ import annotations

import re

_REGEX = re.compile(r"(?:\\.|[A-Za-z0-9:_#=@/;,\-\s^$?\[\]{}|*+.!<>'\"&~`])*")


class BadPattern(ValueError):
    """A filter pattern that is refused; the message says what is wrong and where."""


def compiled_regex(text: str) -> re.Pattern[str]:
    """Return the regular expression that stands between two `%`.

    Raises:
        BadPattern: it is not one, or has what CloudWatch's expressions lack, such as groups.
    """
    if not _REGEX.fullmatch(text):
        raise BadPattern(f"%{text}%: an expression has no groups and no characters beyond those of the user guide")
    try:
        return re.compile(text)
    except re.error as error:
        raise BadPattern(f"%{text}% is not a regular expression: {error}") from error
