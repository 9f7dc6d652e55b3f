"""Tests of simulator/eventbridge."""
