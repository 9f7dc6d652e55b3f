"""docs/operations.md: the person who is woken by an alarm finds it there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.infrastructure.template.resolver import Resolver

TEXT = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^#### (\w+)\n(.*?)(?=^#{2,4} |\Z)", TEXT, re.MULTILINE | re.DOTALL))
SUPPRESSION = re.compile(r"(Alone|Elsewhere)$")
LIGHTS = {"UploadDue": "UploadMissing", "NoUpload": "UploadMissing"}
"""Two alarms of which a third tells: the section of that one names them."""


def names(stack: Resolver) -> set[str]:
    """Return the alarms' names without prefix and without what CloudWatch's suppression appends."""
    found = {
        str(alarm["AlarmName"]).removeprefix("user-log-")
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for alarm in stack.of_type(kind).values()
    }
    return {SUPPRESSION.sub("", name) for name in found}


def test_every_alarm_has_its_section_and_no_other_has(optional_stack: Resolver) -> None:
    """With every option, so that optional alarms are there too."""
    assert {LIGHTS.get(name, name) for name in names(optional_stack)} == set(SECTIONS)
    assert all(light in SECTIONS[section] for light, section in LIGHTS.items())


def test_a_section_says_what_to_do() -> None:
    """More than a name."""
    assert {name for name, text in SECTIONS.items() if len(text.split()) < 12} == set()
