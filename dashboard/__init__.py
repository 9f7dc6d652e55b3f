"""The dashboard: see what happened to each file, why, and what to do about it."""
