"""Lets programs on this machine send requests, and refuses web pages.

A browser sends what any page tells it to, also to loopback addresses. It says so: Host has the name that the page asked
for (DNS rebinding gives a foreign name our address), Origin and Sec-Fetch-Site say where the page is from.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_OWN_SITES = {"none", "same-origin"}


class Guard:
    """Says which requests are refused.

    Args:
        host_prefixes: what AWS's clients may put before the name (`sync-`, for StartSyncExecution).
    """

    def __init__(self, host_prefixes: Collection[str]) -> None:
        self._prefixes = tuple(host_prefixes)

    def check(self, headers: Mapping[str, str]) -> None:
        """Refuse a request that is not from a program on this machine.

        Raises:
            ApiError: AccessDenied.
        """
        host = headers.get("Host", "")
        if not self._is_ours(host_name(host)):
            raise _denied(
                f"This endpoint answers only to localhost, names that end in .localhost, and loopback addresses; the "
                f"request asked for '{host}'."
            )
        origin = headers.get("Origin")
        site = headers.get("Sec-Fetch-Site", "none").lower()
        if (origin is not None and origin.lower() != f"http://{host}".lower()) or site not in _OWN_SITES:
            raise _denied(
                f"This endpoint is for programs, not for web pages; the request came from a page of '{origin or site}'."
            )

    def _is_ours(self, name: str) -> bool:
        plain = next((name.removeprefix(prefix) for prefix in self._prefixes if name.startswith(prefix)), name)
        if plain == "localhost" or plain.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(plain.strip("[]")).is_loopback
        except ValueError:
            return False


def _denied(message: str) -> ApiError:
    return ApiError("AccessDenied", message, status=403)


def host_name(host: str) -> str:
    """Return the name of a Host header in lower case, without its port; an empty text if it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # ValueError if it is none
        whole = parts.netloc == host and "@" not in host
    except ValueError:
        return ""
    return (parts.hostname or "") if whole else ""
