"""What stands behind `--` of `streamlit run dashboard`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.deployed.options import BadOptions, options

SCRIPT = "/somewhere/dashboard/streamlit_app.py"


def test_without_options_the_pages_show_this_machine() -> None:
    """As they do in another program, whatever its arguments are."""
    assert options([SCRIPT]) is None
    assert options(["/usr/bin/pytest", "--stack", "S"]) is None
    assert options([]) is None


def test_a_stack_is_named_with_its_place() -> None:
    """Looks back a week, and changes nothing, if not told otherwise."""
    found = options([SCRIPT, "--stack", "S", "--profile", "p", "--region=r", "--endpoint-url", "http://x:1"])
    assert found is not None
    assert (found.stack, found.profile, found.region, found.endpoint_url) == ("S", "p", "r", "http://x:1")
    assert (found.since, found.allow_actions) == (timedelta(days=7), False)
    acting = options([SCRIPT, "--stack", "S", "--since", "12h", "--allow-actions"])
    assert acting is not None
    assert (acting.since, acting.allow_actions) == (timedelta(hours=12), True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--allow-actions"], r"--stack NAME is missing among the options: --allow-actions\. Usage: streamlit run"),
        (["--stack"], "Argument --stack: expected one argument"),
        (["--stack", ""], "--stack NAME is missing"),
        (["--stack", "S", "--sinc", "1d"], "Unrecognized arguments: --sinc 1d"),
        (["--stack", "S", "--since", "1 day"], "--since '1 day': give a number and m, h or d"),
        (["--stack", "S", "--since", "1dx"], "give a number"),
        (["--stack", "S", "--since", "0d"], "give a number"),
        (["--stack", "S", "--allow"], "Unrecognized arguments: --allow"),
    ],
)
def test_bad_options_are_named(words: list[str], said: str) -> None:
    """With how they are written; an abbreviation of --allow-actions allows nothing."""
    with pytest.raises(BadOptions, match=said):
        options([SCRIPT, *words])
