"""The parts of the landing page."""
