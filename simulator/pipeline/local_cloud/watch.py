"""Watches folders for changes of files, and takes the files over once nothing more is written."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

_log = logging.getLogger(__name__)

QUIET_SECONDS = 0.2
SUFFIXES = (".json", ".py", ".sql")
_WRITES = ("created", "modified", "moved", "deleted", "closed")


class Watch:
    """Watches until it is closed.

    Args:
        folders: what is watched, with everything inside.
        take_over: given the files that have changed; yields sentences about them.
        tell: given each sentence.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        take_over: Callable[[set[Path]], Iterable[str]],
        tell: Callable[[str], None],
    ) -> None:
        self._take_over = take_over
        self._tell = tell
        self._changed: set[Path] = set()
        self._last = 0.0
        self._news = threading.Condition()
        self._closed = False
        self._observer = _started(folders, _Noting(self._note))
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more; what is just being taken over is waited for."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        self._observer.stop()
        self._observer.join()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _note(self, path: Path) -> None:
        with self._news:
            self._changed.add(path)
            self._last = time.monotonic()
            self._news.notify_all()

    def _run(self) -> None:
        while changed := self._settled():
            try:
                for sentence in self._take_over(changed):
                    self._tell(sentence)
            except Exception as error:  # noqa: BLE001 - the next change may be taken over again
                _log.exception("changed files could not be taken over")
                self._tell(f"The change could not be taken over: {type(error).__name__}: {error}")

    def _settled(self) -> set[Path]:
        """Return the files that have changed, once all has been quiet for a moment; none when it is closed."""
        with self._news:
            while not self._closed:
                left = QUIET_SECONDS - (time.monotonic() - self._last)
                if self._changed and left <= 0:
                    changed, self._changed = self._changed, set()
                    return changed
                self._news.wait(left if self._changed else None)
        return set()


class _Noting(FileSystemEventHandler):
    """Notes files that are written, moved or deleted; a file that is only read is none of them."""

    def __init__(self, note: Callable[[Path], None]) -> None:
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the files of an event. Editors write another file and move it into place."""
        if event.is_directory or event.event_type not in _WRITES:
            return
        for text in (event.src_path, event.dest_path):
            path = Path(text if isinstance(text, str) else text.decode())
            if path.suffix in SUFFIXES and "__pycache__" not in path.parts and not path.name.startswith("."):
                self._note(path)


def _started(folders: Sequence[Path], handler: FileSystemEventHandler) -> BaseObserver:
    """Start the system's own watching, or look again and again if the system has no watches left."""
    try:
        return _observing(Observer(), folders, handler)
    except OSError as error:
        _log.warning("the system cannot watch files (%s): they are looked at each second", error.strerror)
        return _observing(PollingObserver(), folders, handler)


def _observing(observer: BaseObserver, folders: Sequence[Path], handler: FileSystemEventHandler) -> BaseObserver:
    for folder in folders:
        observer.schedule(handler, str(folder), recursive=True)
    observer.start()
    return observer
