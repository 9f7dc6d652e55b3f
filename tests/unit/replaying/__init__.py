"""What replays read of a run."""
