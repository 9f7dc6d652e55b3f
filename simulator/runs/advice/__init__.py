"""What to do about a run that has ended: the same sentences and commands for terminal and pages."""
