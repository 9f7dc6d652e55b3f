"""Tests of the event path against real servers."""
