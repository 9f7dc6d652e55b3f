"""Tests of `simulator.forecast`."""
