"""The items of a Map Run: read from CSV, JSON, JSON Lines or a listing, and batched."""
