"""What a Task may call."""
