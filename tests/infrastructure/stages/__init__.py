"""Tests of stages: their options, what they differ in, and what an update may change."""
