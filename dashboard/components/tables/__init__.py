"""Tables: a row that is picked, and pages of a long table."""
