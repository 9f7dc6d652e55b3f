"""The Map state, inline and distributed, and its fields."""
