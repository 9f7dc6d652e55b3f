"""A workflow's states, and what became of each of them in a run."""
