"""What to do about a run that has ended."""
