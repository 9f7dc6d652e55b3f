"""The failure inbox: every row that failed, over all runs, and what became of it."""
