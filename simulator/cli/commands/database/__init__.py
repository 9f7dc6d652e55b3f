"""Commands that change what the database holds."""
