"""Tests of simulator/integrations against real servers."""
