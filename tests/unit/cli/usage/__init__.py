"""Tests of how commands are called."""
