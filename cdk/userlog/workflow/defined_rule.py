"""The EventBridge rules, from the files that the simulator runs too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_events as events

from userlog.definitions import definition, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


class DefinedRule(events.CfnRule):
    """A rule of cdk/definitions, whole: every field of the file becomes a property of the same name.

    An L1, since the L2 target would invent input paths and a template of its own.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        file: the file's name.
        placeholders: what the `${...}` of the file stand for.

    Raises:
        KeyError: a placeholder of the file has no value.
    """

    def __init__(self, scope: Construct, construct_id: str, file: str, *, placeholders: Mapping[str, str]) -> None:
        super().__init__(scope, construct_id)
        for field, value in definition(file).items():
            self.add_property_override(field, filled(value, placeholders))
