"""Runs: written while they go on, read by the dashboard and by every other command. `folder` has the files of one."""
