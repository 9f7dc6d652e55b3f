"""The stack: one construct a component, and one stack that composes them."""
