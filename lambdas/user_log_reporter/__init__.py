"""`user-log-reporter`: writes the report of a run that has ended."""
