"""Tests of the real command, as a subprocess."""
