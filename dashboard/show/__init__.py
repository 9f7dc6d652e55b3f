"""How things are shown: words, colours, charts. Reads no file."""
