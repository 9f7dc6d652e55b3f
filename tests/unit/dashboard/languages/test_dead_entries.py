"""What the code no longer says is deleted from the catalogue too."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from dashboard.languages.catalogue import catalogue
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDERS = (
    "dashboard",
    "lambdas",
    *(f"simulator/{name}" for name in ("fetch", "forecast", "pipeline", "runs", "verify")),
)
"""Their texts reach a page."""
PLACE = re.compile(r"\{\w+(?::[^}]*)?\}")
PLURAL = "s"


class SaidTexts:
    """The literals of the code, of which every text of a page is put together.

    Args:
        literals: of any length.
    """

    def __init__(self, literals: Iterable[str]) -> None:
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for one in {*literals} - {""}:
            if len(one) > 1 or not one.isalpha() or one == PLURAL:
                self._by_letter[one[0]].append(one)

    def can_be(self, text: str) -> bool:
        """Say whether whole literals, and values in the places, make up the text."""
        return any(self._made(form) for form in {text.replace("(s)", ""), text.replace("(s)", PLURAL), text})

    def _made(self, text: str) -> bool:
        ends = {0}
        for start in range(len(text)):
            if start not in ends:
                continue
            if place := PLACE.match(text, start):
                ends.add(place.end())
            inside_a_word = start > 0 and text[start - 1].isalpha()
            ends |= {
                start + len(one)
                for one in self._by_letter[text[start]]
                if text.startswith(one, start) and (one == PLURAL or not (inside_a_word and one[0].isalpha()))
            }
        return len(text) in ends


def _literals() -> Iterator[str]:
    for folder in FOLDERS:
        for file in PROJECT_ROOT.glob(f"{folder}/**/*.py"):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                    yield node.value.lower()
                    yield node.value.split(":")[0].replace("_", " ")  # a chart's field, as its tooltip says it
        for file in PROJECT_ROOT.glob(f"{folder}/**/*.toml"):
            yield from _values(tomllib.loads(file.read_text(encoding="utf-8")))


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _values(one)


def test_every_entry_of_the_catalogue_can_be_said_by_the_code() -> None:
    """Word for word, with values in its places."""
    said = SaidTexts(_literals())
    assert [one for one in catalogue("ja").translations if not said.can_be(one)] == []


def test_a_text_is_made_of_whole_literals() -> None:
    """Words of other sentences do not make one that nothing says."""
    said = SaidTexts(["Nothing is left", "the row failed", " row", "s", " failed", "why: ", "a"])
    assert said.can_be("{n} rows failed")
    assert said.can_be("{n} row(s) failed")
    assert said.can_be("why: {cause}")
    assert not said.can_be("Nothing: the row failed")
    assert not said.can_be("{n} rows failed again")
