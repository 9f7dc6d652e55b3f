"""Tests of simulator/cloud against the real servers."""
