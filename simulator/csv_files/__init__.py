"""CSV files as they lie on disk: their encoding, and the users that they name."""
