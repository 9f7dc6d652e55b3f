"""Tests of `simulator.compare`."""
