"""The canary of the smoke test."""

from __future__ import annotations

from lambdas.csv_validator.child_input import ChildInput
from lambdas.csv_validator.validation import validate
from lambdas.shared.columns import MAX_USER_ID
from simulator.deployed.canary import ROWS, Canary


def test_no_two_canaries_have_a_user_in_common() -> None:
    """So two smoke tests at a time do not disturb each other, and an old result is never taken for a new one."""
    one, other = Canary(), Canary()
    assert not set(one.users) & set(other.users)
    assert one.upload_key != other.upload_key
    assert one.users_key != other.users_key


def test_its_file_is_valid_and_its_users_fit() -> None:
    """The validator takes it; the users' IDs are as long as they may be."""
    canary = Canary()
    row = ChildInput(uploaded_at="2026-01-01T00:00:00Z", execution_name="n", execution_arn="a", ttl_timestamp="1")
    findings = validate([canary.upload], 10, row)
    assert (findings.valid, findings.row_count) == (True, ROWS)
    assert max(map(len, canary.users)) == MAX_USER_ID
    assert set(canary.totals) == set(canary.users)
