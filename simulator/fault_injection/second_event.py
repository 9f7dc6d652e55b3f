"""`event=twice`: EventBridge delivers at least once, and this time twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from simulator.fault_injection.parts import Parts


class SecondEvent(TimedFault):
    """A second delivery of the upload's event: at once where it waits for no rows."""

    def uploaded(self, parts: Parts) -> None:
        """Deliver it now, unless rows are to be called first."""
        if not self.after:
            self._deliver(parts)

    def strike(self, parts: Parts) -> None:
        """Deliver it, unless that was done at the upload."""
        if self.after:
            self._deliver(parts)

    def _deliver(self, parts: Parts) -> None:
        if parts.event is not None:
            parts.deliver(parts.event)
            self.happens()
