"""Names of runs: execution names that are also safe as the name of a folder."""

from __future__ import annotations

from simulator.aws.asl.quotas import name_problem

MAX_BYTES = 255
"""The longest file name common file systems take."""


class BadRunName(ValueError):
    """A name that cannot be a run's folder; the message is for people."""


def checked_run_name(name: str) -> str:
    """Return `name` if it may be a folder's name below the runs folder.

    A run is named as its execution (API reference, StartExecution: no slash, backslash or control character, at most
    80 characters), and must in addition not begin with a dot and fit a file name.

    Raises:
        BadRunName: with what is wrong.
    """
    if problem := name_problem(name):
        raise BadRunName(f"The run name {name!r} {problem}")
    if name.startswith("."):
        raise BadRunName(f"The run name {name!r} begins with a dot")
    if len(name.encode(errors="surrogatepass")) > MAX_BYTES:
        raise BadRunName(f"The run name {name!r} is longer than {MAX_BYTES} bytes")
    return name
