"""Reads cdk/stages/<stage>.json, and says in sentences what is wrong with it."""

from __future__ import annotations

import difflib
import json
import os
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from userlog.definitions import ROOT
from userlog.options import Options

if TYPE_CHECKING:
    from pathlib import Path

STAGES = ROOT / "cdk" / "stages"


class StageError(ValueError):
    """The stage cannot be used; the text says which file and key, and what to write."""


def read_options(path: Path) -> Options:
    """Return the options of a stage's file.

    Raises:
        StageError: the file cannot be read, is not JSON, or has an option missing, unknown or impossible; all of its
            problems, one per line.
    """
    shown = os.path.relpath(path, ROOT) if path.is_relative_to(ROOT) else str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StageError(f"{shown}: it cannot be read ({error.strerror}). Every stage needs its file.") from None
    except UnicodeDecodeError:
        raise StageError(f"{shown}: it is not UTF-8. Save it as UTF-8.") from None
    try:
        given = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise StageError(f"{shown}, line {error.lineno}, column {error.colno}: not JSON ({error.msg}).") from None
    except _GivenTwiceError as error:
        raise StageError(f'{shown}, "{error}": the option stands there twice. Delete one of the two.') from None
    if not isinstance(given, dict):
        raise StageError(f"{shown}: it must be a JSON object of options, in {{ }}.")
    return checked(given, shown)


def checked(given: dict[str, Any], shown: str) -> Options:
    """Return the options that a JSON object gives.

    Args:
        given: option -> value.
        shown: the file's name, for the refusal.

    Raises:
        StageError: an option is missing, unknown or impossible.
    """
    try:
        return Options.model_validate(given)
    except ValidationError as error:
        seen: dict[str, str] = {}
        for detail in error.errors(include_url=False):
            option = str(detail["loc"][0]) if detail["loc"] else ""
            seen.setdefault(option, _sentence(option, given, detail["type"], detail["msg"]))
        text = "\n".join(f"{shown}, {sentence}" for sentence in seen.values())
        raise StageError(text) from None


def option_names() -> list[str]:
    """Return all options, as the files name them."""
    return [str(field.alias) for field in Options.model_fields.values()]


class _GivenTwiceError(Exception):
    """An option stands twice in a file: JSON would take the second in silence."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _GivenTwiceError(key)
        found[key] = value
    return found


def _sentence(option: str, given: dict[str, Any], kind: str, message: str) -> str:
    if not option:
        return message.removeprefix("Value error, ")
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(option, option_names(), n=1)
        hint = f'Is "{close[0]}" meant?' if close else f"The options are {', '.join(option_names())}."
        return f'"{option}": there is no such option. {hint}'
    what = next(str(field.description) for field in Options.model_fields.values() if field.alias == option)
    if kind == "missing":
        return f'"{option}": the option is missing. It must be {what}.'
    return f'"{option}": it is {json.dumps(given[option], ensure_ascii=False)}. It must be {what}.'
