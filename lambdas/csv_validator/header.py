"""What to say of a header that is not the right one: above all where both look the same."""

from __future__ import annotations

import unicodedata

from lambdas.shared.columns import HEADER
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS, OLDER_FAILED_ROWS_COLUMNS

ALLOWED = (HEADER, HEADER + FAILED_ROWS_COLUMNS, HEADER + OLDER_FAILED_ROWS_COLUMNS)
_RIGHT = ",".join(HEADER)
_SHOWN = 60
_NAMED = 3
_INVISIBLE = ("Cf", "Cc", "Zs")


def header_problem(fields: list[str], raw: str) -> str | None:
    """Return what is wrong with a header and how to correct it; None where nothing is.

    Args:
        fields: its fields.
        raw: its line as it stands in the file.
    """
    if fields in ALLOWED:
        return None
    return f"The header must be {_RIGHT}, not {_quoted(','.join(fields))}.{_hint(fields, raw)}"


def _hint(fields: list[str], raw: str) -> str:
    if "\r" in raw:
        return _line_ends(raw)
    whole = ",".join(fields)
    for name, delimiter in (("tabs", "\t"), ("semicolons", ";")):
        if delimiter in whole and whole.split(delimiter) in ALLOWED:
            return f" Its columns are separated by {name}: save it with commas."
    composed = [unicodedata.normalize("NFC", field) for field in fields]
    if composed in ALLOWED:
        return (
            " It is in decomposed form (NFD), as a Mac writes it: it looks the same, but ザ is two characters (サ and "
            "a voiced sound mark). Replace the first line by the right header, copied from this message."
        )
    if [_plain(field) for field in fields] in ALLOWED:
        wrong = sorted(set(whole) - set("".join(HEADER + FAILED_ROWS_COLUMNS)) - {","})
        names = ", ".join(f"U+{ord(one):04X} {unicodedata.name(one, 'CONTROL')}" for one in wrong[:_NAMED])
        return f" It only looks right: it has {names or 'spaces'}. Replace the first line by the right header."
    return ""


def _line_ends(raw: str) -> str:
    if "\r" in raw.rstrip("\r"):
        return " Its lines end with CR alone: save it with LF or CRLF (`tr '\\r' '\\n' < FILE > NEW.csv` does it)."
    return " Its lines end with CR CR LF: save it with LF or CRLF (`tr -d '\\r' < FILE > NEW.csv` does it)."


def _plain(field: str) -> str:
    """Return a field without what does not show, and each character in its usual width."""
    usual = unicodedata.normalize("NFKC", field)
    return "".join(one for one in usual if unicodedata.category(one) not in _INVISIBLE)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
