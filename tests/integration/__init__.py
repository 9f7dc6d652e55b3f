"""Tests against real moto and real PostgreSQL."""
