"""What the landing page asks: nights, and the runs that need a person."""
