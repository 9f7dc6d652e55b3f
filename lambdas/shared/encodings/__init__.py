"""How the encoding of a text is told, and how each is read."""
