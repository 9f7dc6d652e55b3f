"""Faults on demand: what `run --fault SPEC` breaks, and how. Nothing of it is loaded where no fault is asked for."""
