"""A workflow's states, and the outcome of each in a run."""
