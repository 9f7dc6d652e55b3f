"""Characters that a database's encoding cannot hold: connections are in UTF-8, databases may be in EUC_JP or LATIN1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.errors import CharacterNotInRepertoire, UntranslatableCharacter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

_ASCII = 128
_HALF = 2
# All others are asked: SQL_ASCII takes any bytes as they are.
_HOLD_ALL = ("UTF8", "SQL_ASCII")


class DatabaseEncoding:
    """Tells which characters a database can hold, by asking it (PostgreSQL manual, "Character Set Support").

    Args:
        connection: in UTF-8. What is asked leaves its transaction as it is.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.name = connection.info.parameter_status("server_encoding") or "UTF8"
        self._known: dict[str, bool] = {}

    def holds(self, texts: Iterable[str]) -> list[str]:
        """Return those of some texts that the database can hold."""
        given = list(texts)
        outside = self.outside(given)
        return [text for text in given if not outside.intersection(text)]

    def outside(self, texts: Iterable[str]) -> set[str]:
        """Return the characters of some texts that the database cannot hold."""
        if self.name in _HOLD_ALL:
            return set()
        characters = {character for text in texts for character in text if ord(character) >= _ASCII}
        unknown = sorted(characters - self._known.keys())
        if unknown:
            with self._connection.transaction():
                self._ask(unknown)
        return {character for character in characters if not self._known[character]}

    def _ask(self, characters: Sequence[str]) -> None:
        """Find out about characters: all at once, and by halves if one of them is refused."""
        try:
            with self._connection.transaction():
                self._connection.execute("SELECT %s::text", ("".join(characters),))
        except (UntranslatableCharacter, CharacterNotInRepertoire):
            if len(characters) == 1:
                self._known[characters[0]] = False
                return
            middle = len(characters) // _HALF
            self._ask(characters[:middle])
            self._ask(characters[middle:])
        else:
            self._known |= dict.fromkeys(characters, True)
