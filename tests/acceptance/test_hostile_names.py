"""A file whose name would steer a terminal, by the real command."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.acceptance.conftest import Shell
from tests.rows import upload

NAME = "=cmd\x1b[31m\u202e[red]x[bold]\nsecond $(touch pwned) `id`.csv"
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.slow
def test_a_name_full_of_control_characters_is_shown_as_text_by_every_command(
    make_shell: Callable[[str], Shell],
) -> None:
    """Run, runs, show, verify: no escape sequence, no markup, no command of it comes through; the key is kept."""
    shell = make_shell("hostile")
    (shell.folder / NAME).write_text(upload("U00001,1,2"), encoding="utf-8")
    ran = shell("run", NAME, "--json")
    assert ran.code == 0, ran.err
    told = [ran, shell("runs"), shell("show", "latest"), shell("verify", "latest")]
    assert [outcome.code for outcome in told] == [0, 0, 0, 0]
    assert [STEERING.findall(outcome.err) for outcome in told] == [[], [], [], []]
    assert "[red]x[bold]" in ran.err
    assert ran.document["source"]["key"] == NAME
    assert not list(shell.folder.rglob("pwned"))
