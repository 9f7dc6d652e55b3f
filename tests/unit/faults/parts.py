"""What there is to be broken if no server is."""

from __future__ import annotations

from simulator.aws.asl.runtime.clock import RealClock
from simulator.fault_injection.parts import Parts

NOTHING = Parts(endpoint="", s3=None, database=None, clock=RealClock())  # type: ignore[arg-type]  # these faults need no S3
