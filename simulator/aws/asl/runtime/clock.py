"""The clock an execution is given: real, or one that skips waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Protocol, Self
from weakref import WeakKeyDictionary, WeakSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Alarm(Protocol):
    """Something that is to be done once time has gone by."""

    def cancel(self) -> None:
        """Let it not be done any more; return once it is not under way either."""
        ...


class Clock(Protocol):
    """Time as states see it."""

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        ...

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Let `seconds` go by; return early once `cancelled` is set."""
        ...

    def fork(self) -> Self:
        """Return the clock of a line of control that begins now and runs beside others."""
        ...

    def join(self, clocks: Iterable[Self]) -> None:
        """Go on from the latest of clocks that were forked from this one."""
        ...

    def alarm(self, seconds: float, action: Callable[[], None]) -> Alarm:
        """Call `action` once, when `seconds` have gone by for any line of control; it must not raise."""
        ...

    @property
    def skipped_seconds(self) -> float:
        """How many seconds of waiting took no time, in all lines of control (0 for a real clock)."""
        ...


class RealClock:
    """The machine's clock."""

    skipped_seconds = 0.0

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Wait `seconds`, or until `cancelled` is set."""
        if seconds > 0:
            cancelled.wait(seconds)

    def fork(self) -> RealClock:
        """Return this clock: real time is one."""
        return self

    def join(self, clocks: Iterable[RealClock]) -> None:
        """Do nothing: real time has gone on by itself."""

    def alarm(self, seconds: float, action: Callable[[], None]) -> Alarm:
        """Call `action` in a thread of its own."""
        return _RealAlarm(seconds, action)


class SkippingClock:
    """A clock whose sleeps take no time but move it forward, for `--skip-waits`.

    Lines of control that run side by side have clocks of their own: two waits of a minute at the same
    time are one minute.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._shared = _Shared()
        self._shared.join(self)

    def now(self) -> datetime:
        """Return the current time plus what this line of control has skipped so far."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Move the clock forward by `seconds` at once, unless `cancelled` is set; alarms that are due then go off."""
        if seconds > 0 and not cancelled.is_set():
            self._ahead += seconds
            self._shared.add(seconds)
            for alarm in self._shared.pending():
                alarm.look(self, self._ahead)

    def fork(self) -> SkippingClock:
        """Return a clock that shows the same now, and goes its own way."""
        clock = SkippingClock()
        clock._ahead = self._ahead
        clock._shared = self._shared
        clock._shared.join(clock)
        return clock

    def join(self, clocks: Iterable[SkippingClock]) -> None:
        """Go on from the latest of the clocks."""
        self._ahead = max([self._ahead, *(clock._ahead for clock in clocks)])  # noqa: SLF001 - as above

    def alarm(self, seconds: float, action: Callable[[], None]) -> Alarm:
        """Call `action` in the thread that skips past the moment, before it goes on, or in one of its own.

        Time that is skipped and time that really goes by count alike.
        """
        alarm = _SkippedAlarm(seconds, action, self._shared.ahead())
        self._shared.set_alarm(alarm)
        return alarm

    @property
    def skipped_seconds(self) -> float:
        """How many seconds of waiting took no time, all lines of control added up."""
        return self._shared.seconds


class _RealAlarm:
    """An alarm by the machine's clock."""

    def __init__(self, seconds: float, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self.ring)
        self._timer.daemon = True
        self._timer.start()

    def ring(self) -> None:
        """Do it, unless it is done; who comes while it is under way waits for it."""
        with self._lock:
            if self._action is not None:
                self._action()
                self._action = None

    def cancel(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._action = None


class _SkippedAlarm(_RealAlarm):
    """An alarm that also goes off when a clock has skipped so far.

    Args:
        seconds, action: as of any alarm.
        ahead: how far ahead each clock is now: what it skips from here on counts.
    """

    def __init__(self, seconds: float, action: Callable[[], None], ahead: dict[SkippingClock, float]) -> None:
        super().__init__(seconds, action)
        self._seconds = seconds
        self._set = monotonic()
        self._ahead = WeakKeyDictionary(ahead)
        self._furthest = max(ahead.values(), default=0.0)

    @property
    def over(self) -> bool:
        """Whether there is nothing left to be done."""
        return self._action is None

    def look(self, clock: SkippingClock, ahead: float) -> None:
        """Go off if it is time for a clock; one that was forked since counts from the one that was furthest."""
        skipped = ahead - self._ahead.get(clock, self._furthest)
        if skipped + monotonic() - self._set >= self._seconds:
            self._timer.cancel()
            self.ring()


class _Shared:
    """The state that forked clocks share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alarms: list[_SkippedAlarm] = []
        self._clocks: WeakSet[SkippingClock] = WeakSet()
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Add to the sum of what was skipped."""
        with self._lock:
            self.seconds += seconds

    def join(self, clock: SkippingClock) -> None:
        """Take a clock in."""
        with self._lock:
            self._clocks.add(clock)

    def ahead(self) -> dict[SkippingClock, float]:
        """Return how far ahead each clock in use is."""
        with self._lock:
            return {clock: clock._ahead for clock in self._clocks}  # noqa: SLF001 - the same module's

    def set_alarm(self, alarm: _SkippedAlarm) -> None:
        """Keep an alarm until it has gone off."""
        with self._lock:
            self._alarms = [*(one for one in self._alarms if not one.over), alarm]

    def pending(self) -> list[_SkippedAlarm]:
        """Return the alarms that have not gone off."""
        return [alarm for alarm in self._alarms if not alarm.over]
