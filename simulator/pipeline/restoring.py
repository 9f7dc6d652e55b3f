"""Asks moto's process to restore objects and items from files."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import orjson

from simulator.aws.engine.options import RESTORE_PATH
from simulator.pipeline.errors import CloudError


def post_restore(endpoint: str, body: Any) -> None:
    """Let moto's process restore objects and items from files (see `restore_endpoint`).

    Raises:
        CloudError: a file cannot be read, or moto's process does not answer.
    """
    url = f"{endpoint}{RESTORE_PATH}"
    request = urllib.request.Request(url, orjson.dumps(body), {"Content-Type": "application/json"})  # noqa: S310 - ours
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=600).close()
    except urllib.error.HTTPError as error:
        raise CloudError(f"The run could not be restored: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise CloudError(f"The run could not be restored: {error}") from error
