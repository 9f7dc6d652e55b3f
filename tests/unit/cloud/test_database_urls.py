"""Connection URLs: for the eyes, and for the sessions of execution environments."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from simulator.postgres.external import hide_password
from simulator.postgres.server import session_conninfo


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:geheim@host:5433/db", "postgresql://u:***@host:5433/db"),
        ("postgres://u@host/db", "postgresql://u@host/db"),
        ("postgresql://host/db?user=u&password=geheim", "postgresql://u:***@host/db"),
        ("host=h password=geheim user=u dbname=d", "postgresql://u:***@h/d"),
        ("postgresql://postgres@/postgres?host=%2Ftmp%2Fa%20b", "postgresql://postgres@/postgres?host=%2Ftmp%2Fa%20b"),
        ("postgresql://u:geheim@/d?host=%2Fs&port=5433", "postgresql://u:***@/d?host=%2Fs&port=5433"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    """Wherever in the URL it stands."""
    assert hide_password(url) == shown


def test_what_is_no_url_is_not_shown_at_all() -> None:
    """Nobody knows which part of it is the password."""
    assert "geheim" not in hide_password("postgresql:/u:geheim@host")
    assert "geheim" not in hide_password("postgresql://u:ge%zzheim@host/geheim")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40@h:1/d",
        "postgresql://u@/d?host=%2Ftmp%2Fa%20b",
        "host=h user=u dbname=d",
        "postgresql://u:p@h/d?application_name=mine&sslmode=prefer",
    ],
)
def test_a_sessions_connection_leads_to_the_same_database(url: str) -> None:
    """Only the session's name is added, or replaced."""
    before, after = conninfo_to_dict(url), conninfo_to_dict(session_conninfo(url, "2026/11/24/[$LATEST]ab"))
    assert after.pop("application_name") == "2026/11/24/[$LATEST]ab"
    before.pop("application_name", None)
    assert {key: str(value) for key, value in after.items()} == {key: str(value) for key, value in before.items()}
