"""Steering a run that another process runs: stop it, pause it, change its Map Run."""
