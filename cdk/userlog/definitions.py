"""The files that the simulator runs and CDK deploys, and what other parts of the stack need of them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.shared.batch_limits import merge_patch, tolerated_items

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "cdk" / "definitions"
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


@cache
def definition(file: str) -> Any:
    """Return the JSON of a file in cdk/definitions, placeholders as they are; do not change it."""
    return json.loads((DEFINITIONS / file).read_text(encoding="utf-8"))


def filled(value: Any, placeholders: Mapping[str, str]) -> Any:
    """Return a JSON value with the `${...}` in its texts filled in.

    Raises:
        KeyError: a placeholder has no value.
    """
    if isinstance(value, dict):
        return {key: filled(inner, placeholders) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, placeholders) for inner in value]
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: placeholders[match.group(1)], value)
    return value


def with_numbers(text: str, numbers: Mapping[str, int]) -> str:
    """Return a definition's text with numbers in place of `"${...}"`, the quotes included.

    CloudFormation's own substitution leaves the quotes, and so makes texts alone.
    """
    for name, number in numbers.items():
        text = text.replace(f'"${{{name}}}"', str(number))
    return text


def workflow_text(numbers: Mapping[str, int], *, rows_per_child: int) -> str:
    """Return the workflow's text; changed as `batches.json` says if a child execution takes several rows.

    Args:
        numbers: values of placeholders.
        rows_per_child: how many rows a child takes.
    """
    text = (DEFINITIONS / "workflow.asl.json").read_text(encoding="utf-8")
    if rows_per_child == 1:
        return with_numbers(text, numbers)
    batches = {
        **numbers,
        "RowsPerChild": rows_per_child,
        "ToleratedItems": tolerated_items(distributed_map()["ToleratedFailureCount"], rows_per_child),
    }
    patch = with_numbers((DEFINITIONS / "batches.json").read_text(encoding="utf-8"), batches)
    merged = merge_patch(json.loads(with_numbers(text, batches)), json.loads(patch))
    return json.dumps(merged, ensure_ascii=False, indent=2)


def function_settings(function: str) -> dict[str, Any]:
    """Return the entry of functions.json for a function of resources.json, such as `UserLogProcessorFunction`.

    Raises:
        KeyError: functions.json has no such function.
    """
    by_name: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in definition("functions.json")}
    return by_name[f"${{{function}Name}}"]


def workflow_state(name: str) -> dict[str, Any]:
    """Return a top-level state of workflow.asl.json.

    Raises:
        KeyError: the workflow has no such state.
    """
    state: dict[str, Any] = definition("workflow.asl.json")["States"][name]
    return state


def distributed_map() -> dict[str, Any]:
    """Return the state that runs a file's rows: tolerance, where its results go."""
    return workflow_state("UserLogDistributedMap")


def results_prefix() -> str:
    """Return where the Map Run writes its results in the output bucket, with the final slash: `results/`."""
    return f"{distributed_map()['ResultWriter']['Parameters']['Prefix']}/"


def rejected_prefix() -> str:
    """Return where the workflow writes its reports on rejected files, with the final slash: `rejected/`.

    Raises:
        ValueError: SaveRejection makes its key in another way than `States.Format('rejected/{}.json', ...)`.
    """
    key = workflow_state("SaveRejection")["Parameters"]["Key.$"]
    found = re.match(r"States\.Format\('([^'{}]+/)\{\}", key)
    if not found:
        raise ValueError(f"workflow.asl.json, SaveRejection: no prefix is seen in the key {key}")
    return found[1]
