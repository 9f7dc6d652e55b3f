"""Tests of simulator/integrations."""
