"""A run's folder: written during a run, read by the dashboard and by every other command."""
