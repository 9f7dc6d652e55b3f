"""What is wrong with this machine for the simulator, each with its cure."""
