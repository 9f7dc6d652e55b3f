"""The parts of the page of one run, and what pages say of a run: how it ended, its next steps."""
