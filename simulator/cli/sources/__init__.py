"""What commands are given: a file, stdin, a user master."""
