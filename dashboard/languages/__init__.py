"""The languages of the pages: English is written in the code, every other language in one catalogue."""
