"""Finds roto's program, which the extra `roto` installs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from simulator.aws.errors import ServerError

_DISTRIBUTION: Final = "roto-aws"
_PROGRAMS: Final = frozenset({"roto-server", "roto-server.exe"})
_VERSION: Final = "0.10.1"
"""What is tested. It is a 0.x: another one may answer differently."""


def roto_program() -> Path:
    """Return the path of roto's server.

    Raises:
        ServerError: it is not installed, or another version is; the message says what to install.
    """
    try:
        found = distribution(_DISTRIBUTION)
    except PackageNotFoundError:
        raise ServerError(
            "The engine roto is not installed. Install it: uv sync --extra roto (in a checkout), or "
            f"pip install {_DISTRIBUTION}=={_VERSION}. Or use the engine moto, which needs nothing more."
        ) from None
    if found.version != _VERSION:
        raise ServerError(
            f"The simulator was tested with {_DISTRIBUTION} {_VERSION}, and {found.version} is installed. "
            f"Install the other one: pip install {_DISTRIBUTION}=={_VERSION}."
        )
    for file in found.files or ():
        path = Path(str(found.locate_file(file)))
        if path.name in _PROGRAMS and path.is_file():
            return path.resolve()
    raise ServerError(
        f"{_DISTRIBUTION} {_VERSION} is installed, but its program roto-server is gone. "
        f"Install it anew: pip install --force-reinstall {_DISTRIBUTION}=={_VERSION}."
    )
