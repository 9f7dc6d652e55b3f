"""The rows of runs: their results, which failed, and for which kinds of error."""
