"""One execution while it runs: its frames, variables, clock and history, and the ports to the outside."""
