"""Task tokens: the name of one attempt of a Task that waits to be called back (`.waitForTaskToken`)."""

from __future__ import annotations

import base64
import re
import secrets

_BEGIN = "AQCEAAAAKgAAAAMAAAAAAAAAAa"
_BYTES = 96
_TOKEN = re.compile(rf"{_BEGIN}[A-Za-z0-9+/]{{{_BYTES * 4 // 3}}}")


def new_token() -> str:
    """Return a token that no other attempt has."""
    return _BEGIN + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def is_token(text: str) -> bool:
    """Tell whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None
