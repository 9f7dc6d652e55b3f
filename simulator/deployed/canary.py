"""The canary of the smoke test: three users who exist only for it, and their file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from lambdas.shared.columns import HEADER, MAX_USER_ID, TOTALS

ROWS = 3
USERS_HEADER = "user_id,username,email"
_LARGEST = 1_000_000


def _new_id() -> str:
    # No user of the real master begins so, and two smoke tests at a time do not meet.
    return f"~{secrets.token_hex(MAX_USER_ID)[: MAX_USER_ID - 2]}"


@dataclass(frozen=True, slots=True)
class Canary:
    """Made anew for each smoke test: nothing of an earlier one can be taken for its result.

    `name` is in the users' IDs and in the keys of both files.
    """

    name: str = field(default_factory=_new_id)
    values: tuple[tuple[int, ...], ...] = field(
        default_factory=lambda: tuple(tuple(secrets.randbelow(_LARGEST) + 1 for _ in TOTALS) for _ in range(ROWS))
    )

    @property
    def users(self) -> list[str]:
        """The user IDs."""
        return [f"{self.name}{number}" for number in range(ROWS)]

    @property
    def totals(self) -> dict[str, dict[str, int]]:
        """The totals that the database must have in the end, as the migrator's read_totals gives them."""
        fields = [column.field for column in TOTALS]
        return {
            user: dict(zip(fields, values, strict=True)) for user, values in zip(self.users, self.values, strict=True)
        }

    @property
    def users_key(self) -> str:
        """The key of the file of users, in the output bucket."""
        return f"users/smoke-{self.name[1:]}.csv"

    @property
    def upload_key(self) -> str:
        """The key of the upload, in the input bucket."""
        return f"smoke/{self.name[1:]}.csv"

    @property
    def users_file(self) -> bytes:
        """The file of users."""
        rows = [f"{user},smoke test,{user[1:]}@smoke.invalid" for user in self.users]
        return _text([USERS_HEADER, *rows])

    @property
    def upload(self) -> bytes:
        """The file that is uploaded."""
        rows = [",".join([user, *map(str, values)]) for user, values in zip(self.users, self.values, strict=True)]
        return _text([",".join(HEADER), *rows])


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
