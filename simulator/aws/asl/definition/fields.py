"""Reads the fields of a definition's objects and notes every problem in them, each with its location and a sentence.

The lowest layer of the interpreter beside the errors: it knows no expression and no state. What compiles an
expression reads its text from `Fields` and notes its syntax problems there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

Number = TypeVar("Number", int, float)
SCHEMA = "SCHEMA_VALIDATION_FAILED"
JSONPATH = "JSONPath"
JSONATA = "JSONata"
_JSONPATH_ONLY = ("Parameters", "ResultSelector", "Result", "Variable")
_JSONATA_ONLY = ("Arguments", "Output", "Items", "Condition")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: its location in the definition (dotted, empty for the machine itself) and a sentence.

    `aws` is AWS's own sentence for it, if that is known; `pointer` is the place as AWS writes it
    (`/States/Load/Parameters`), and `code` AWS's code.
    """

    location: str
    message: str
    aws: str = ""
    pointer: str = "/"
    code: str = SCHEMA

    @property
    def aws_message(self) -> str:
        """AWS's sentence, or ours if AWS's is not known."""
        return self.aws or self.message

    def as_aws(self) -> str:
        """Return the problem as CreateStateMachine's error names it."""
        return f"{self.code}: {self.aws_message} at {self.pointer}"

    def __str__(self) -> str:
        """Return the problem as one line, location first."""
        return f"{self.location} {self.message}" if self.location else f"The state machine {self.message}"


class InvalidDefinition(ValueError):
    """The definition cannot be run as it is written; `problems` lists every reason, each with its location."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @property
    def aws_message(self) -> str:
        """The message of CreateStateMachine's InvalidDefinition (the form is recorded on AWS)."""
        told = ", ".join(problem.as_aws() for problem in self.problems)
        return f"Invalid State Machine Definition: '{told}'"


class Fields:
    """The fields of one JSON object of a definition; it knows which have been read, so that none is ignored.

    `language` is the query language of its expressions; the objects inside it have the same.
    """

    def __init__(  # noqa: PLR0917 - where it stands, and what it hands to the objects inside it
        self,
        raw: dict[str, Any],
        location: str,
        problems: list[Problem],
        pointer: str | None = None,
        language: str = JSONPATH,
        path: str = "",
    ) -> None:
        self.raw = raw
        self.language = language
        self._path = path
        self.location = location
        self.pointer = "/" + location.replace(".", "/") if pointer is None else pointer
        self.problems = problems
        self._read: set[str] = {"Comment"}

    def __contains__(self, name: str) -> bool:
        """Tell whether the field is written."""
        return name in self.raw

    def at(self, name: str) -> str:
        """Return the location of a field of this object."""
        return f"{self.location}.{name}" if self.location else name

    def pointer_to(self, name: str) -> str:
        """Return the place of a field of this object as AWS writes it: `/States/Load/Resource`."""
        return f"{self.pointer.rstrip('/')}/{name}"

    def path_to(self, name: str) -> str:
        """Return the place of a field inside its state, as an execution names it: `Arguments`, `Catch[0]/Output`."""
        return f"{self._path}{name}"

    def problem(self, name: str, message: str, *, aws: str = "", pointer: str = "", code: str = SCHEMA) -> None:
        """Note a problem of the field `name` (of the object itself if it is empty), in our sentence.

        `aws`, `pointer` and `code` are AWS's own sentence, place and code, if they are known and differ.
        """
        place = pointer or (self.pointer_to(name) if name else self.pointer)
        self.problems.append(Problem(self.at(name) if name else self.location, message, aws, place, code))

    def take(self, name: str, default: Any = None) -> Any:
        """Return the field's value as written, or `default`."""
        self._read.add(name)
        return self.raw.get(name, default)

    def _typed(self, name: str, kinds: tuple[type, ...], words: str, *, required: bool) -> Any:
        value = self.take(name)
        if name not in self.raw:
            if required:
                self.problem("", f"needs the field {name}", aws=f"These fields are required: [{name}]")
            return None
        if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
            return value
        self.problem(name, f"must be {words}, not {_shown(value)}")
        return None

    def string(self, name: str, *, required: bool = False) -> str | None:
        """Return a string field; a problem if it is something else, or missing though required."""
        text: str | None = self._typed(name, (str,), "a string", required=required)
        return text

    def boolean(self, name: str) -> bool | None:
        """Return a boolean field; a problem if it is something else."""
        flag: bool | None = self._typed(name, (bool,), "true or false", required=False)
        return flag

    def integer(self, name: str, *, least: int, most: int) -> int | None:
        """Return an integer field within bounds; a problem if it is something else."""
        number: int | None = self._typed(name, (int,), "a whole number", required=False)
        return self._bounded(name, number, least, most)

    def number(self, name: str, *, least: float, most: float) -> float | None:
        """Return a number field within bounds; a problem if it is something else."""
        number: float | None = self._typed(name, (int, float), "a number", required=False)
        return self._bounded(name, number, least, most)

    def _bounded(self, name: str, number: Number | None, least: float, most: float) -> Number | None:
        if number is not None and not least <= number <= most:
            self.problem(name, f"must be between {least} and {most}, not {number}")
            return None
        return number

    def choice(self, name: str, allowed: tuple[str, ...], *, required: bool = False) -> str | None:
        """Return a string field that is one of `allowed`; a problem if it is not."""
        text = self.string(name, required=required)
        if text is not None and text not in allowed:
            self.problem(name, f"must be {' or '.join(allowed)}, not {_shown(text)}")
            return None
        return text

    def object(self, name: str, *, required: bool = False) -> Fields | None:
        """Return an object field as Fields of its own."""
        value = self._typed(name, (dict,), "an object", required=required)
        return None if value is None else self._inner(value, name)

    def _inner(self, raw: dict[str, Any], name: str) -> Fields:
        """Return the fields of an object inside this one, whose problems and query language are this one's."""
        return Fields(raw, self.at(name), self.problems, self.pointer_to(name), self.language, self.path_to(name) + "/")

    def objects(self, name: str, *, required: bool = False) -> list[Fields]:
        """Return a field that is an array of objects."""
        value = self._typed(name, (list,), "an array", required=required)
        found = []
        for index, entry in enumerate(value or []):
            location = f"{self.at(name)}[{index}]"
            if isinstance(entry, dict):
                found.append(self._inner(entry, f"{name}[{index}]"))
            else:
                self.problems.append(Problem(location, f"must be an object, not {_shown(entry)}"))
        return found

    def strings(self, name: str, *, required: bool = False) -> list[str] | None:
        """Return a field that is an array of strings."""
        value = self._typed(name, (list,), "an array of strings", required=required)
        if value is not None and not all(isinstance(entry, str) for entry in value):
            self.problem(name, "must be an array of strings")
            return None
        names: list[str] | None = value
        return names

    def exclude(self, *names: str) -> None:
        """Note a problem if more than one of `names` is written."""
        present = [name for name in names if name in self.raw]
        if len(present) > 1:
            self.problem("", f"has {' and '.join(present)}; only one of them is allowed")

    def not_simulated(self, *names: str) -> None:
        """Refuse by name each of `names` that is written: AWS has it, the simulator has not."""
        for name in names:
            if name in self.raw:
                self._read.add(name)
                self.problem(name, "is not simulated")

    def refuse_rest(self, noun: str) -> None:
        """Note a problem for each field that nothing has read."""
        for name in self.raw:
            if name not in self._read:
                told = f"is not a field of {noun}"
                if self.language == JSONATA and (name in _JSONPATH_ONLY or name.endswith("Path")):
                    told += " whose QueryLanguage is JSONata"
                if self.language == JSONPATH and name in _JSONATA_ONLY:
                    told += " whose QueryLanguage is JSONPath"
                self.problem(name, told, aws="Field is not supported")


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - as much as reads well in a line
