"""What the functions and state machines of a run asked of AWS, and whether the deployed policies allow it."""
