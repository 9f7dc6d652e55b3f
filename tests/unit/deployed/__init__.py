"""Commands that work on a deployed stack: what needs no server."""
