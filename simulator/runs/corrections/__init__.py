"""Files of corrected rows: the run that they correct, and the rows that they have repaired."""
