"""The words of the style sheet (CONTRIBUTING.md) over documents and code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = re.compile(
    r"(?<![A-Za-z])(?:mend(?:s|ed|ing)?|sisters?|whoever|how-manieth)(?![A-Za-z])"
    r"|\b(?:hold|holds|held)(?: \w+)? against\b"
    r"|(?<!there )\b(?:is|are) no (?!longer\b|more\b)",
    re.IGNORECASE,
)
EXCEPTIONS = {
    "CONTRIBUTING.md": "the style sheet names the words",
    "tests/unit/test_style.py": "this test names the words",
}
FOLDERS = ("cdk/definitions", "cdk/userlog", "dashboard", "docs", "lambdas", "sample_data", "simulator", "tests")
KINDS = ("*.md", "*.py", "*.sql", "*.asl.json")


def _files() -> list[Path]:
    inside = [file for folder in FOLDERS for kind in KINDS for file in (ROOT / folder).rglob(kind)]
    return [*ROOT.glob("*.md"), *inside]


def _found(text: str) -> list[int]:
    """Return the lines on which a forbidden word or phrase begins; it may go on in the next line."""
    return [text.count("\n", 0, match.start()) + 1 for match in FORBIDDEN.finditer(text)]


def test_documents_and_code_avoid_the_words_of_the_style_sheet() -> None:
    """Each finding is a file and a line."""
    checked = [(place, file) for file in _files() if (place := file.relative_to(ROOT).as_posix()) not in EXCEPTIONS]
    assert len(checked) > 100
    findings = [f"{place}:{line}" for place, file in checked for line in _found(file.read_text(encoding="utf-8"))]
    assert findings == []


def test_the_words_are_found_and_their_neighbours_are_not() -> None:
    """Else the test above could not fail."""
    assert _found("It is no file.\nWhoever mends it\nheld it against the rest") == [1, 2, 2, 3]
    assert _found("def _mend(one): ...") == [1]
    assert _found("There is no file. It is no longer here. Amend the recommendation.") == []
