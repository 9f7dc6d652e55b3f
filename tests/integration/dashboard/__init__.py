"""The dashboard against real servers."""
