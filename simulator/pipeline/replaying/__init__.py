"""Today's code on the rows of a past run: nothing that it does to the database or to AWS stays."""
