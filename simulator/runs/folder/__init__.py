"""The files of one run's folder: where they lie, how each is written, and how it is read."""
