"""From the text of a definition to a state machine that can run, or to every problem in it."""
