"""Migrations and users against PostgreSQL."""

from __future__ import annotations

import csv
import io
import threading
from pathlib import Path
from typing import Any

import pytest

from lambdas.schema_migrator.migrations import Migration, apply_migrations, read_migrations
from lambdas.schema_migrator.user_totals import checked_users, read_totals, remove_users
from lambdas.schema_migrator.users import load_users
from lambdas.shared.errors import MigrationError, UsersFileError, UsersListError

FIRST = Migration("9001_first.sql", "CREATE TABLE one (a int);\nCREATE TABLE two (a int);\n")
BROKEN = Migration("9002_broken.sql", "CREATE TABLE three (a int);\nSELECT nothing FROM nowhere;\n")


def test_migrations_are_applied_in_order_each_once(database: Any) -> None:
    """The second time there is nothing to do."""
    with database.connect() as connection:
        assert apply_migrations(connection, [FIRST]) == ["9001_first.sql"]
        assert apply_migrations(connection, [FIRST]) == []


def test_a_failing_migration_is_rolled_back_and_named(database: Any) -> None:
    """With line and statement; earlier ones stay."""
    with database.connect() as connection:
        with pytest.raises(MigrationError, match=r"9002_broken.sql, line 2 \(SELECT nothing FROM nowhere;\)"):
            apply_migrations(connection, [FIRST, BROKEN])
        found = connection.execute("SELECT to_regclass('one') IS NOT NULL, to_regclass('three') IS NULL").fetchone()
        assert found == (True, True)


def test_a_statement_that_fails_without_a_position_is_named_too(database: Any) -> None:
    """PostgreSQL says where only for errors of its parser: the rest is found by asking again."""
    text = (
        "CREATE TABLE three (a int);\n-- a comment; with a semicolon\nINSERT INTO three\n  SELECT 1 / 0;\nSELECT 1;\n"
    )
    with database.connect() as connection:
        with pytest.raises(MigrationError) as caught:
            apply_migrations(connection, [Migration("9002_broken.sql", text)])
        assert str(caught.value) == (
            "9002_broken.sql, line 3 (INSERT INTO three SELECT 1 / 0;) failed and was rolled back: division by zero"
        )
        assert connection.execute("SELECT to_regclass('three') IS NULL").fetchone() == (True,)
        applied = connection.execute("SELECT count(*) FROM schema_migrations WHERE name = '9002_broken.sql'").fetchone()
        assert applied == (0,)


def test_a_changed_migration_is_refused(database: Any) -> None:
    """What has been applied is history."""
    with database.connect() as connection:
        apply_migrations(connection, [FIRST])
        with pytest.raises(MigrationError, match="was changed after it had been applied"):
            apply_migrations(connection, [Migration(FIRST.name, FIRST.text + "-- more")])


def test_two_at_once_are_safe(database: Any) -> None:
    """The second waits, and finds nothing to do."""
    results: list[list[str]] = []

    def migrate() -> None:
        with database.connect() as connection:
            results.append(apply_migrations(connection, [FIRST]))

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=len) == [[], ["9001_first.sql"]]


def test_names_and_numbers_are_checked(tmp_path: Path) -> None:
    """A folder without migrations is a broken bundle."""
    with pytest.raises(MigrationError, match="There is no migration"):
        read_migrations(tmp_path)
    (tmp_path / "0001_a.sql").write_text("")
    (tmp_path / "0001_b.sql").write_text("")
    with pytest.raises(MigrationError, match="Two migrations have the number 0001"):
        read_migrations(tmp_path)
    (tmp_path / "0001_b.sql").rename(tmp_path / "second.sql")
    with pytest.raises(MigrationError, match=r"second\.sql is not a migration's name"):
        read_migrations(tmp_path)


def load(database: Any, text: str) -> dict[str, int]:
    """Load users from text."""
    with database.connect() as connection:
        return load_users(connection, [text.encode()])


def test_users_are_inserted_and_updated(database: Any) -> None:
    """A byte order mark does no harm here."""
    assert load(database, "\ufeffuser_id,username,email\nU1,佐藤,a@x\nU2,鈴木,b@x\n") == {"users": 2, "changed": 2}
    assert load(database, "user_id,username,email\nU1,佐藤,a@x\nU2,高橋,b@x\n") == {"users": 2, "changed": 1}


def test_users_that_are_there_can_be_kept_as_they_are(database: Any) -> None:
    """`--create-users` only knows their ids: it must not take anyone's name away, nor an email."""
    load(database, "user_id,username,email\nU1,佐藤,a@x\n")
    with database.connect() as connection:
        text = "user_id,username,email\nU1,U1,u1@x\nU2,U2,u2@x\nU3,U3,a@x\n"
        assert load_users(connection, [text.encode()], only_new=True) == {"users": 3, "changed": 1}
        names = connection.execute("SELECT username FROM users ORDER BY user_id").fetchall()
    assert names == [("佐藤",), ("U2",)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("id,name\n", "line 1: the header must be user_id,username,email"),
        ("user_id,username,email\nU1,a\n", "line 2: 2 columns, not 3"),
        (
            "user_id,username,email\nU1,a,x\nU1,b,y\n,c,z\n",
            "line 3: the user 'U1' is on line 2 already; line 4: user_id is blank",
        ),
        ("user_id,username,email\nU00000000001,a,x\n", "line 2: user_id has 12 characters, at most 10"),
        ("user_id,username,email\nU1,a,same\nU2,b,same\n", "line 3: the email 'same' is on line 2 already"),
        ('user_id,username,email\nU1,"a,x\nU2,b,y\n', "line 2: a double quote that opens in this row is never closed"),
        ("user_id,username,email\nU1,a,x\nU2,a\0,y\n", "NUL"),
        ('user_id,username,email\nU1,a"b,x\nU2,c"d,y\n', "line 2: a double quote inside a value"),
        (
            "user_id,username,email\r\r\nU1,a,x\r\r\n",
            "must be user_id,username,email (the line ends with CR CR",
        ),
        ("user_id,username,email\nU1," + "a" * 101 + ",x\n", "line 2: username has 101 characters, at most 100"),
    ],
)
def test_a_bad_users_file_is_refused_whole(database: Any, body: str, words: str) -> None:
    """By line, and nothing of it is loaded."""
    with pytest.raises(UsersFileError) as caught:
        load(database, body)
    assert words in str(caught.value)
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_users_are_stored_as_they_are_written(database: Any) -> None:
    """Backslashes, tabs, spaces, quotes, newlines, decomposed letters: nothing is Step Functions' here."""
    names = [r"CORP\\tanaka", "CORP\\tanaka", "a\tb", " a ", 'x"y', "a,b", "a\r\nb", "e\u0301", "\\.", r"\N", "\x1b"]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(
        [["user_id", "username", "email"], *([f"U{n}", one, f"{n}@x"] for n, one in enumerate(names))]
    )
    load(database, file.getvalue())
    with database.connect() as connection:
        stored = dict(connection.execute("SELECT user_id, username FROM users").fetchall())
    assert stored == {f"U{number}": name for number, name in enumerate(names)}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("U1,佐藤,a\n".encode() + "U2,鈴木,b\n".encode("cp932"), "line 3: The file is UTF-8 up to here (line 2 is)"),
        (
            "U1,佐藤,a\n".encode("cp932") + "U2,鈴木,b\n".encode(),
            "line 3: The file is Shift_JIS (CP932), as line 2 is, but this line is UTF-8",
        ),
        ("U1,佐藤,a\nU2,鈴木,b\n".encode("cp932"), "line 2: The file is Shift_JIS (CP932), not UTF-8"),
        ("U1,さとう,a\n".encode("iso2022_jp"), "line 2: The file is ISO-2022-JP"),
    ],
)
def test_users_in_another_encoding_are_refused_with_the_line(database: Any, data: bytes, words: str) -> None:
    """By the same detector as uploads: nothing is stored as garbage."""
    with database.connect() as connection, pytest.raises(UsersFileError) as caught:
        load_users(connection, [b"user_id,username,email\n", data])
    assert words in str(caught.value)


def test_an_email_that_another_user_has_already_refuses_the_file(database: Any) -> None:
    """What only PostgreSQL can know; nothing is loaded, and nothing is changed."""
    load(database, "user_id,username,email\nU1,a,x\n")
    with pytest.raises(UsersFileError, match=r"PostgreSQL refuses the file: .*\(email\)=\(x\)"):
        load(database, "user_id,username,email\nU2,b,y\nU3,c,x\n")
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (1,)


def test_totals_are_read_and_users_removed_with_them(database: Any) -> None:
    """Only the named ones; a user without totals has none to read."""
    with database.connect() as connection:
        connection.execute("INSERT INTO users SELECT u, u, u FROM unnest(ARRAY['A', 'B', 'C']) u")
        connection.execute("INSERT INTO user_statistics VALUES ('A', 1, 2), ('B', 3, 4)")
        assert read_totals(connection, ["A", "C", "D"]) == {"A": {"login_count": 1, "post_count": 2}}
        assert remove_users(connection, ["A", "C", "D"]) == 2
        assert connection.execute("SELECT user_id FROM users").fetchall() == [("B",)]
        assert connection.execute("SELECT user_id FROM user_statistics").fetchall() == [("B",)]


@pytest.mark.parametrize("users", [None, [], "A", ["A", 1], [""], ["A"] * 1_001])
def test_a_list_of_users_that_cannot_be_used_is_refused(users: Any) -> None:
    """Before anything is asked of the database."""
    with pytest.raises(UsersListError, match="users"):
        checked_users(users)
