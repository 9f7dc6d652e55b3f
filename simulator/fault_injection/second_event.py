"""`event=twice`: EventBridge delivers at least once, and this time twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from simulator.fault_injection.parts import UploadedFile
    from simulator.fault_injection.spec import FaultSpec


class SecondEvent(TimedFault):
    """A second delivery of the upload's event: at once if it waits for no rows."""

    def __init__(self, spec: FaultSpec) -> None:
        super().__init__(spec)
        self._upload: UploadedFile | None = None

    def uploaded(self, upload: UploadedFile) -> None:
        """Deliver it now, unless rows are to be called first."""
        self._upload = upload
        if not self.after:
            self._deliver(upload)

    def strike(self) -> None:
        """Deliver it, unless that was done at the upload."""
        if self.after and self._upload is not None:
            self._deliver(self._upload)

    def _deliver(self, upload: UploadedFile) -> None:
        upload.deliver(upload.event)
        self.happens()
