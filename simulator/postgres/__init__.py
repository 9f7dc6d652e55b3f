"""The embedded PostgreSQL: its programs, data folder, start, guard and end; and one of the user's own."""
