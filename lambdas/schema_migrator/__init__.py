"""Applies the numbered migrations, and loads users."""
