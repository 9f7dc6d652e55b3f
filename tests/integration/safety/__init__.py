"""Bad input through the real pipeline."""
