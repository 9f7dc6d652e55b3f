"""The services that a Task may call."""
