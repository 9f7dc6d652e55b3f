"""`user-log-user-reader`: tells operators what is in the tables, and changes nothing."""
