"""Messages on a wrong header: above all if it looks the same as the right one."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

from lambdas.csv_validator.line_ends import line_ends_problem
from lambdas.shared.columns import HEADER
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS, OLDER_FAILED_ROWS_COLUMNS

ALLOWED = tuple(HEADER + ours for ours in ([], FAILED_ROWS_COLUMNS, *OLDER_FAILED_ROWS_COLUMNS))
_RIGHT = ",".join(HEADER)
_SHOWN = 60
_NAMED = 3
_SEPARATORS = {
    "\t": "tabs",
    ";": "semicolons",
    "|": "vertical bars",
    "\uff0c": "full-width commas (U+FF0C)",
    "\u3001": "Japanese commas (U+3001)",
    "\uff64": "half-width Japanese commas (U+FF64)",
    "\u060c": "Arabic commas (U+060C)",
    "\u201a": "low quotation marks (U+201A)",
}
_INVISIBLE = ("Cf", "Cc", "Zs")


def header_problem(fields: list[str], raw: str) -> str | None:
    """Return what is wrong with a header and how to correct it; None if it is right.

    Args:
        fields: its fields.
        raw: its line as it stands in the file.
    """
    if fields in ALLOWED:
        return None
    return f"The header must be {_RIGHT}, not {_quoted(','.join(fields))}.{_hint(fields, raw)}"


def _hint(fields: list[str], raw: str) -> str:
    line_ends = line_ends_problem(raw)
    if line_ends is not None:
        return f" {line_ends}"
    return _separators(",".join(fields)) or _characters(fields)


def _separators(whole: str) -> str:
    used = [one for one in _SEPARATORS if one in whole]
    commas = whole.translate(dict.fromkeys(map(ord, used), ","))
    if used and commas.split(",") in ALLOWED:
        names = " and ".join(_SEPARATORS[one] for one in used)
        return f" Its columns are separated by {names}: save it with commas (U+002C)."
    if whole.rstrip(",").split(",") in ALLOWED:
        return " It ends with a comma, which makes one column more: remove the empty columns at the end of each line."
    return ""


def _characters(fields: list[str]) -> str:
    composed = [unicodedata.normalize("NFC", field) for field in fields]
    if composed in ALLOWED:
        return (
            " It is in decomposed form (NFD), as a Mac writes it: it looks the same, but ザ is two characters (サ and "
            "a voiced sound mark). Replace the first line by the right header, copied from this message."
        )
    right = next((header for header in ALLOWED if len(header) == len(fields)), None)
    if right is None:
        return ""
    wrong = [(number, *pair) for number, pair in enumerate(zip(fields, right, strict=True), 1) if pair[0] != pair[1]]
    if not all(_plain(field) == name or _near(field, name) for _, field, name in wrong):
        return ""
    told = "; ".join(f"column {number} {_difference(field, name)}" for number, field, name in wrong)
    seen = "only looks" if all(_plain(field) == name for _, field, name in wrong) else "is nearly"
    return f" It {seen} right: {told}. Replace the first line by the right header."


def _edits(field: str, name: str) -> list[tuple[str, str]]:
    """Return what stands in a field, and what should, wherever the two differ."""
    found = SequenceMatcher(None, field, name, autojunk=False).get_opcodes()
    return [(field[a:b], name[c:d]) for kind, a, b, c, d in found if kind != "equal"]


def _near(field: str, name: str) -> bool:
    return len(field) <= 2 * len(name) and sum(max(map(len, edit)) for edit in _edits(field, name)) * 2 <= len(name)


def _difference(field: str, name: str) -> str:
    edits = _edits(field[:_SHOWN], name)
    told = ", ".join(
        f"has {_codes(stands)}{f' instead of {_codes(should)}' if should else ''}"
        if stands
        else f"lacks {_codes(should)}"
        for stands, should in dict.fromkeys(edits[:_NAMED])
    )
    return told + (" and more" if len(edits) > _NAMED else "")


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(one):04X} {unicodedata.name(one, 'CONTROL')}" for one in text[:_NAMED])


def _plain(field: str) -> str:
    """Return a field without what does not show, and each character in its usual width."""
    usual = unicodedata.normalize("NFKC", field)
    return "".join(one for one in usual if unicodedata.category(one) not in _INVISIBLE)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
