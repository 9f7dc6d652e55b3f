"""The interpreter, rule by rule."""
