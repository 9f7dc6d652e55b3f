"""A language's catalogue: one file in gettext's PO format (gnu.org/software/gettext, "The Format of PO Files").

Words that the code writes are found as they stand. Sentences that other code has put together (`Succeeded, 10 rows
failed`) are compared with the catalogue's templates (`Succeeded, {rows} rows failed`), so that terminal and run
folders stay in English, and what an older version wrote into a run folder is translated as well.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = Path(__file__).parent
_PLACE = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_WORDS = "_words"
"""A place whose name ends so holds words that are in the catalogue themselves; any other holds data."""
_NUMBER = r"[+\-\d.,]+"
"""What fits a place whose name is one letter."""
_MOST_KEPT = 4_000


class Catalogue:
    """The translations of a language.

    Args:
        translations: by what the code writes; places of values are written as `str.format` takes them.
    """

    def __init__(self, translations: dict[str, str]) -> None:
        self.translations = translations
        templates = [one for one in translations if _PLACE.search(one)]  # `{n} row(s)` fits `1 row` and `2 rows`
        templates.sort(key=lambda one: len(_PLACE.sub("", one)), reverse=True)  # the one that says most of it first
        self._templates = [(_pattern(one), translations[one]) for one in templates]
        self._kept: dict[str, str | None] = {}

    def of(self, text: str) -> str | None:
        """Return the translation of a text or template of the code; None if there is none."""
        return self.translations.get(text) or None

    def of_composed(self, text: str) -> str | None:
        """Return the translation of a text whose values are already in it; None if no template is like it."""
        if text not in self._kept:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            self._kept[text] = self.of(text) or self._filled(text)
        return self._kept[text]

    def _filled(self, text: str) -> str | None:
        for pattern, translation in self._templates:
            found = pattern.fullmatch(text)
            if found:
                return self._with(found.groupdict(), translation)
        return None

    def _with(self, values: dict[str, str], translation: str) -> str:
        return _PLACE.sub(lambda place: self._value(place[1], values.get(place[1], "")), translation)

    def _value(self, name: str, value: str) -> str:
        return (self.of_composed(value) or value) if name.endswith(_WORDS) else value


@cache
def catalogue(language: str) -> Catalogue:
    """Read a language's catalogue, once; an empty one for English, in which the code is written."""
    file = _FOLDER / f"{language}.po"
    if not file.exists():
        return Catalogue({})
    with file.open("rb") as opened:
        return Catalogue(dict(_entries(opened.read().decode())))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for message in read_po(iter(text.splitlines())):
        identifiers = message.id if isinstance(message.id, tuple | list) else (message.id,)
        string = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
        for one in identifiers:  # the singular and the plural of English: Japanese has one form for both
            if one:
                yield one, string


def _pattern(template: str) -> re.Pattern[str]:
    parts, seen, end = [], set(), 0
    for place in _PLACE.finditer(template):
        name = place[1]
        kind = _NUMBER if len(name) == 1 else ".+"
        parts += [re.escape(template[end : place.start()]), f"(?P={name})" if name in seen else f"(?P<{name}>{kind})"]
        seen.add(name)
        end = place.end()
    pattern = "".join([*parts, re.escape(template[end:])])
    return re.compile(pattern.replace(re.escape("(s)"), "s?"), re.DOTALL)
