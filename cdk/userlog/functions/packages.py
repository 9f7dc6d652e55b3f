"""The libraries of the functions' package: versions, digests, and the bill of materials that lies in the package."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from userlog.definitions import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

REQUIREMENTS = ROOT / "cdk" / "functions.txt"
_PACKAGE = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<digests>(?: *\\\n +--hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Package(NamedTuple):
    """A library: name, version, and the digests of its files, one of which is installed."""

    name: str
    version: str
    digests: tuple[str, ...]


def packages() -> list[Package]:
    """Return the libraries of functions.txt, in the order of their names."""
    text = REQUIREMENTS.read_text(encoding="utf-8")
    return [
        Package(found["name"], found["version"], tuple(_DIGEST.findall(found["digests"])))
        for found in _PACKAGE.finditer(text)
    ]


def bill_of_materials(libraries: Sequence[Package]) -> str:
    """Return the libraries as a CycloneDX document, the same each time: without a serial number or a time.

    https://cyclonedx.org/docs/1.6/json/
    """
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {"type": "application", "bom-ref": "functions", "name": "csv-user-log-functions"}
            },
            "components": [
                {
                    "type": "library",
                    "bom-ref": f"pkg:pypi/{library.name}@{library.version}",
                    "name": library.name,
                    "version": library.version,
                    "purl": f"pkg:pypi/{library.name}@{library.version}",
                }
                for library in libraries
            ],
        },
        indent=1,
    )
