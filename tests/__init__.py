"""Tests, by layer: what they need to run."""
