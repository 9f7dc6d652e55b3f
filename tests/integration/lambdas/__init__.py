"""The functions against real moto and real PostgreSQL."""
