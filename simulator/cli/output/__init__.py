"""What the commands print: progress, reports, tables, and the streams they go to."""
