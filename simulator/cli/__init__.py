"""The terminal: one command a file. Nothing else of the simulator knows about it."""
