"""Every text on every page has a Japanese translation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dashboard.languages.catalogue import catalogue
from tests.unit.dashboard.languages.shown_texts import shown_texts
from tests.unit.dashboard.run_folders import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from tests.unit.dashboard.run_folders import MadeRun

    Opened = Callable[..., AppTest]
    Made = Callable[..., MadeRun]

PAGES = ("night", "run", "inbox", "errors", "users", "forecast", "upload")
PARTS = ("Graph", "Rows", "Speed", "History", "Logs", "Files")
WORDS = re.compile(r"[A-Za-z]{2}")
PLACE = re.compile(r"\{\w+(?::[^}]*)?\}")
DATA = re.compile(
    r"""
    user-log-\S+ | (\*\*)?\S+\.csv(\*\*)? | ユーザーID(,.*)? | U\d{5}.* | X\d{4} | UTC
    | Language\ /\ 言語 | [A-Z][A-Za-z]+/[A-Za-z_/+-]+   # names
    | There\ is\ no\ user\ '[\w…]+'\ in\ the\ table\ users\.                          # what a function has said
    | The\ run\ ended\ before\ this\ row\ was\ done                                       # as the file has it
    | The\ header\ lacks\ .* | \d\ columns,\ not\ \d | [\d,]+\ ×\ \*\*.* | row\ done | user_update
    | PostgreSQL\ cannot\ be\ asked:\ .*                                           # what the database has said
    | (\*\*)?[A-Za-z.]*(Error|Exception|Failed|Rejected|TooManyRequests)(\*\*)?(:\ .*)?  # errors, states, events
    | (States|Lambda|DynamoDB|Simulator)\.\S+ | \$\..* | INFO | ERROR | WARNING
    | (\*\*)?(CSVFileValidation|CheckValidationResult|DescribeRejection|SaveRejection|ProcessUserLog|LogError
      |LogErrorWithoutUserId|ProcessingCompleted|UserLogDistributedMap)(\*\*)?
    | (Task|Choice|Map|Pass|Fail|Wait|Succeed)(State(Entered|Exited))? | else
    | (\*\*)?(Execution|MapRun)[A-Z][a-z]+(\*\*)?
    | [A-Z]+(_[A-Z]+)+ | TIMEOUT | THROTTLED | STOPPED | /run\?\S+                     # codes, links to rows
    | GB | X-Ray
    | [A-Za-z]+Sta(te|rt)[A-Za-z]+ | \{.*\} | .*…\s*
    """,
    re.VERBOSE | re.DOTALL,
)
"""Texts that are the same in every language."""


def untranslated(english: AppTest, japanese: AppTest) -> set[str]:
    """The texts that are the same on both, and are not data."""
    same = set(shown_texts(english)) & set(shown_texts(japanese))
    lines = {line.strip() for text in same for line in re.split(r"\\n|\n", text)}
    return {line for line in lines if WORDS.search(line) and not DATA.fullmatch(line)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_run_is_in_japanese(opened: Opened, page: str) -> None:
    """What to do first, too."""
    assert untranslated(opened(page), opened(page, lang="ja")) == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_runs_of_every_kind_is_in_japanese(opened: Opened, made: Made, page: str) -> None:
    """Headings, counts, charts, tables and advice."""
    for kind in KINDS:
        made(kind)
    query = {"since": "all"} if page in ("night", "errors") else {}
    assert untranslated(opened(page, **query), opened(page, lang="ja", **query)) == set()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", ["failed", "rejected", "running"])
def test_each_part_of_a_run_is_in_japanese(opened: Opened, made: Made, kind: str, part: str) -> None:
    """With a row and a state opened."""
    run = made(kind)
    query = {"run": run.name, "part": part, "line": "2", "row": "0", "event": "1", "state": "CSVFileValidation"}
    assert untranslated(opened("run", **query), opened("run", lang="ja", **query)) == set()


def test_a_users_page_is_in_japanese(opened: Opened, made: Made) -> None:
    """Also if the database does not answer."""
    made("failed")
    query = {"user": "U00001"}
    assert untranslated(opened("users", **query), opened("users", lang="ja", **query)) == set()


def test_a_translation_has_the_places_of_its_text() -> None:
    """No value is lost, none is made up."""
    for text, japanese in catalogue("ja").translations.items():
        assert japanese, text
        places = {one.strip("{}").split(":")[0] for one in PLACE.findall(text)}
        assert {one.strip("{}").split(":")[0] for one in PLACE.findall(japanese)} <= places, text


def test_the_address_chooses_the_language(opened: Opened, made: Made) -> None:
    """One that there is not is left out of account."""
    made("succeeded")
    assert opened("night", lang="ja").title[0].value == "夜間処理"
    assert opened("night", lang="en").title[0].value == "Night"
    assert opened("night", lang="xx").title[0].value == "Night"
