"""At most so many files at a time: the others wait for their turn, in the order in which they were uploaded."""
