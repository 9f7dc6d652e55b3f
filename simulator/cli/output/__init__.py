"""Output of the commands: progress, reports, tables, and the streams they go to."""
