"""The whole stack as files that a person reads and changes on purpose: each resource with all its properties.

`python -m tests.infrastructure.resource_files` writes them again after a change that is meant; the diff is then read.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from tests.infrastructure.conftest import OPTIONAL
from tests.infrastructure.template.resolver import Resolver, readable
from tests.infrastructure.template.synthesis import assembled, make_app

FOLDER = Path(__file__).parent / "resources"
VARIANTS: dict[str, dict[str, Any]] = {"prod": {}, "dev": {"stage": "dev"}, "optional": OPTIONAL}
# What depends on the code of the functions.
_LEFT_OUT = {"Code", "HandlerArn"}
# JSON within JSON.
_TEXTS = {"DefinitionString", "DashboardBody"}
_DEV = {"Key": "stage", "Value": "dev"}
_VERSION = re.compile(r"(CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")

Resources = dict[str, Any]


def resources(stack: Resolver) -> Resources:
    """Return all resources by their logical ids, without hashes, and as if the stage were prod."""
    return {
        _named(logical): _without_hashes(
            {
                key: _dependencies(value) if key == "DependsOn" else stack.value(value)
                for key, value in resource.items()
                if key != "Metadata"
            }
        )
        for logical, resource in sorted(stack.resources.items())
    }


def changes(before: Resources, after: Resources) -> Resources:
    """Return what differs: a resource whole if it is new or another, null if it is gone."""
    return {
        name: after.get(name) for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)
    }


def read(variant: str) -> Resources:
    """Return the resources that the files say a variant has."""
    whole: Resources = json.loads((FOLDER / "prod.json").read_text(encoding="utf-8"))
    if variant == "prod":
        return whole
    different: Resources = json.loads((FOLDER / f"{variant}.json").read_text(encoding="utf-8"))
    return {name: each for name, each in {**whole, **different}.items() if each is not None}


def write() -> None:
    """Write the files from what CDK makes now."""
    found = {}
    for variant, options in VARIANTS.items():
        made = assembled(make_app(**options))
        found[variant] = resources(Resolver(made.template))
        shutil.rmtree(made.folder)
    FOLDER.mkdir(exist_ok=True)
    for variant, each in found.items():
        content = each if variant == "prod" else changes(found["prod"], each)
        (FOLDER / f"{variant}.json").write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _named(logical: str) -> str:
    return readable(_VERSION.sub(r"\1", logical))


def _dependencies(value: Any) -> list[str]:
    return sorted(_named(name) for name in ([value] if isinstance(value, str) else value))


def _without_hashes(value: Any) -> Any:
    if isinstance(value, dict) and value != _DEV:
        return {
            key: _without_hashes(json.loads(inner) if key in _TEXTS else inner)
            for key, inner in value.items()
            if key not in _LEFT_OUT
        }
    if isinstance(value, list):
        return [_without_hashes(inner) for inner in value]
    if value == _DEV:
        return {**_DEV, "Value": "prod"}
    if not isinstance(value, str):
        return value
    return _DIGEST.sub("<digest>", _VERSION.sub(r"\1", value)).replace("-dev", "")


if __name__ == "__main__":
    write()
