"""The work of each worker of a run over time."""
