"""The functions: what runs on AWS and in the simulator alike."""
