"""The EventBridge rule, from the very file that the simulator runs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_events as events

from userlog.definitions import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class UploadRule(events.CfnRule):
    """The rule of `upload_rule.json`, whole: every field of the file becomes a property of the same name.

    An L1, since the L2 target would invent input paths and a template of its own.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        name: the rule's name in this stage.
        placeholders: what the `${...}` of the file stand for.

    Raises:
        KeyError: where the file has a placeholder without a value.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, placeholders: Mapping[str, str]) -> None:
        super().__init__(scope, construct_id)
        definition: dict[str, Any] = json.loads((DEFINITIONS / "upload_rule.json").read_text(encoding="utf-8"))
        for field, value in {**definition, "Name": name}.items():
            self.add_property_override(field, _filled(value, placeholders))


def _filled(value: Any, placeholders: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, placeholders) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, placeholders) for inner in value]
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: placeholders[match.group(1)], value)
    return value
