"""Files that were taken from an inbox: each in a folder of its own until it lies in `done/` or `rejected/`.

Every step is one rename or link, so that a kill between any two leaves the file in exactly one place, and the next
process knows what is left to do.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from simulator.runs.folder.json_lines import encode, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAKEN: Final = ".taken"
DONE: Final = "done"
REJECTED: Final = "rejected"
REPORT: Final = ".report.txt"
MAX_NAME = 255
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)


@dataclass(frozen=True, slots=True)
class Claim:
    """One file that was taken.

    Args:
        folder: `<inbox>/.taken/<id>`.
        name: the file's name in the inbox.
        since: when it was taken.
    """

    folder: Path
    name: str
    since: datetime

    @property
    def id(self) -> str:
        """Tells it from every other."""
        return self.folder.name

    @property
    def file(self) -> Path:
        """The file while it is here."""
        return self.folder / "file" / self.name

    def remember(self, **facts: Any) -> None:
        """Keep JSON values of what was done with the file, for a process that finds it here.

        Raises:
            OSError: they cannot be written.
        """
        _write(self.folder / "claim.json", {**self.facts, **facts})

    @property
    def facts(self) -> dict[str, Any]:
        """What is kept of it."""
        return _read(self.folder / "claim.json")

    @property
    def _inbox(self) -> Path:
        return self.folder.parents[1]

    def finish(self, report: str, *, accepted: bool) -> Path:
        """Move the file to `done/` or `rejected/`, with its report beside it, and return where it lies now.

        Nothing that lies there is overwritten: a second `a.csv` becomes `a-2.csv`.

        Raises:
            OSError: it cannot be moved; it stays here then.
        """
        target = self._inbox / (DONE if accepted else REJECTED)
        target.mkdir(exist_ok=True)
        draft = self.folder / "report.txt"
        draft.write_text(report, encoding="utf-8", errors="backslashreplace")
        for name in _names(self.name):
            place, beside = target / name, target / _fitted(name, REPORT)
            if beside.exists():
                continue
            _write(self.folder / "target.json", {"folder": target.name, "name": name})
            try:
                _move_to_free(self.file, place)
            except FileExistsError:
                continue
            draft.replace(beside)
            shutil.rmtree(self.folder)
            return place
        raise AssertionError  # the names do not end

    def end_finish(self) -> bool:
        """End a `finish` that was cut off after its file was moved; return whether it was."""
        target = _read(self.folder / "target.json")
        if not target:
            return False
        folder, name = self._inbox / str(target["folder"]), str(target["name"])
        if self.file.exists():
            if not (folder / name).exists() or not self.file.samefile(folder / name):
                return False
            self.file.unlink()  # linked to its place already
        with suppress(FileNotFoundError):
            (self.folder / "report.txt").replace(folder / _fitted(name, REPORT))
        shutil.rmtree(self.folder)
        return True


def take(inbox: Path, name: str) -> Claim | None:
    """Take a file; None if it is not there any more.

    Raises:
        OSError: it cannot be moved.
    """
    folder = inbox / TAKEN / uuid4().hex
    (folder / "file").mkdir(parents=True)
    claim = Claim(folder, name, datetime.now(UTC))
    try:
        _write(folder / "claim.json", {"name": name, "since": claim.since.isoformat()})
        (inbox / name).rename(claim.file)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, FileNotFoundError):
            return None
        raise
    return claim


def left_claims(inbox: Path) -> Iterator[Claim]:
    """Yield what an earlier process took and did not finish, oldest first; ends what only needed its report moved."""
    found = []
    for folder in (inbox / TAKEN).glob("*/"):
        files = list((folder / "file").glob("*"))
        facts = _read(folder / "claim.json")
        name = files[0].name if files else str(facts.get("name", ""))
        try:
            since = datetime.fromisoformat(str(facts["since"]))
        except (KeyError, ValueError):  # cut off before anything else
            since = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        claim = Claim(folder, name, since)
        if claim.end_finish():
            continue
        if files:
            found.append(claim)
        else:
            shutil.rmtree(folder)  # killed before the file came
    yield from sorted(found, key=lambda claim: claim.since)


def _names(name: str) -> Iterator[str]:
    """Yield the name, then with -2, -3 before its ending."""
    yield name
    ending = PurePath(name).suffix
    stem = name.removesuffix(ending)
    number = 2
    while True:
        yield _fitted(stem, f"-{number}{ending}")
        number += 1


def _fitted(stem: str, ending: str) -> str:
    """Return both in one file name; the stem is cut if a file system cannot take all of it."""
    room = MAX_NAME - len(os.fsencode(ending))
    return os.fsencode(stem)[:room].decode(errors="ignore") + ending if len(os.fsencode(stem)) > room else stem + ending


def _move_to_free(source: Path, target: Path) -> None:
    """Move a file to a name that is free.

    Raises:
        FileExistsError: it is not.
        OSError: it cannot be moved.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):  # a file system without links: looked first, then moved
            raise FileExistsError(errno.EEXIST, "There is such a file", str(target)) from None
        source.rename(target)
        return
    source.unlink()


def _write(path: Path, value: dict[str, Any]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(encode(value) + b"\n")
    draft.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_line(path.read_bytes()) or {}
    except OSError:
        return {}
