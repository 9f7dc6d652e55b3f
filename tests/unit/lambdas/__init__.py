"""The rules of the functions, without a server."""
